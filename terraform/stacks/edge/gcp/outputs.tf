output "name_servers" {
  description = "Servers of the zone, each with its last dot, for failover.name_servers.gcp of the environment and for the zone above; none without the edge."
  value       = flatten([for zone in google_dns_managed_zone.this : zone.name_servers])
}

output "validation" {
  description = "Record that proves the certificate, for the other provider's zone: failover.proofs.gcp; null without the edge."
  value       = lookup(local.proofs, "gcp", null)
}
