output "health_checks" {
  description = "Id of the health check of each cloud."
  value = merge(
    { for cloud, check in aws_route53_health_check.alias : cloud => check.id },
    { for cloud, check in aws_route53_health_check.address : cloud => check.id },
  )
}
