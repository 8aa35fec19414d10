output "map" {
  description = "Resource name of the certificate map, which a load balancer takes."
  value       = google_certificate_manager_certificate_map.this.id
}

output "validation" {
  description = "The record that the zone must have, now and for every renewal."
  value       = one(google_certificate_manager_dns_authorization.this.dns_resource_record)
}
