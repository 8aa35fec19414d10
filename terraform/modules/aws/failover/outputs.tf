output "health_checks" {
  description = "Id of the health check of each address, by cloud and position."
  value       = { for name, check in aws_route53_health_check.address : name => check.id }
}
