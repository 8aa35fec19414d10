output "egress_addresses" {
  description = "Addresses that requests to the internet come from; none without nat."
  value       = google_compute_address.nat[*].address
}

output "network" {
  description = "Resource name of the network."
  value       = google_compute_network.this.id
}

output "subnets" {
  description = "Resource names of the private subnets."
  value       = [google_compute_subnetwork.this.id]
}
