output "bucket" {
  description = "Name of the bucket that holds the states: `bucket` of the backend gcs."
  value       = google_storage_bucket.state.name
}

output "key" {
  description = "Resource name of the key that encrypts them."
  value       = google_kms_crypto_key.state.id
}
