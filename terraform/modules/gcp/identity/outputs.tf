output "identity" {
  description = "E-mail address of the service account that the other cloud's functions become."
  value       = google_service_account.aws.email
}

output "pool" {
  description = "Resource name of the workload identity pool."
  value       = google_iam_workload_identity_pool.aws.name
}
