output "identity" {
  description = "E-mail address of the service account that the other cloud's functions become."
  value       = google_service_account.aws.email
}
