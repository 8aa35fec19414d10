output "identity" {
  description = "E-mail address of the service account that it runs as."
  value       = google_service_account.this.email
}

output "identity_unique_id" {
  description = "Unique id of that service account, which AWS knows it by."
  value       = google_service_account.this.unique_id
}

output "name" {
  description = "Name of the service."
  value       = google_cloud_run_v2_service.this.name
}

output "url" {
  description = "URL of the service."
  value       = google_cloud_run_v2_service.this.uri
}
