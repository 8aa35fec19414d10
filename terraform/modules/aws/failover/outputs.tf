output "health_checks" {
  description = "Id of the health check of each cloud."
  value       = { for cloud, check in aws_route53_health_check.address : cloud => check.id }
}
