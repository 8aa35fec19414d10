output "health_checks" {
  description = "Resource name of the health check, one for all addresses."
  value       = { all = google_compute_health_check.ingest.id }
}
