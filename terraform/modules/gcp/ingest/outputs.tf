output "address" {
  description = "Address that the name leads to: `failover.addresses` of the environment takes it."
  value       = google_compute_global_address.ingest.address
}

output "url" {
  description = "Base URL that senders use."
  value       = "https://${var.domain}"
}
