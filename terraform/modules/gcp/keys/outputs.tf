output "keys" {
  description = "Resource name of the key of each domain."
  value       = { for domain, key in google_kms_crypto_key.domain : domain => key.id }

  # Whoever uses a key must not do so before the service agent may.
  depends_on = [google_kms_crypto_key_iam_member.agent]
}
