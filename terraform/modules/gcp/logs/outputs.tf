output "bucket" {
  description = "Resource name of the bucket of logs."
  value       = google_logging_project_bucket_config.this.id
}
