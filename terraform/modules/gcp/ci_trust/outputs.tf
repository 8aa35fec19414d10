output "identities" {
  description = "E-mail address of the service account of each: apply, plan, push."
  value       = { for name, account in google_service_account.ci : name => account.email }
}

output "provider" {
  description = "Resource name of the provider, which the workflow exchanges its token at; with https://iam.googleapis.com/ before it, the audience."
  value       = google_iam_workload_identity_pool_provider.github.name
}
