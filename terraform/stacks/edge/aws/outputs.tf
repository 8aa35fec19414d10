output "addresses" {
  description = "Addresses that ingest answers at, for failover.addresses.aws of the environment; none without the edge."
  value       = flatten([for front in module.front : front.addresses])
}

output "name_servers" {
  description = "Servers of the zone, each with its last dot, for failover.name_servers.aws of the environment and for the zone above; none without the edge."
  value       = flatten([for zone in aws_route53_zone.this : [for server in zone.name_servers : "${server}."]])
}

output "validation" {
  description = "Record that proves the certificate, for the other provider's zone; null without the edge."
  value       = one([for found in module.certificate : found.validation])
}
