locals {
  # By position: which addresses they are, is known after apply, how many is not.
  endpoints = merge([
    for cloud, addresses in var.addresses : { for index, address in addresses : "${cloud}-${index + 1}" => { address = address, cloud = cloud } }
  ]...)
}

# Can it publish, asked at each address from many places.
resource "aws_route53_health_check" "address" {
  for_each = local.endpoints

  type              = "HTTPS"
  enable_sni        = true
  failure_threshold = var.health.threshold
  fqdn              = var.domain
  ip_address        = each.value.address
  measure_latency   = true
  port              = 443
  request_interval  = var.health.interval_seconds
  resource_path     = var.health.path

  tags = { Name = "${var.prefix}-${each.key}" }
}

# A cloud is well while one of its addresses answers. An answer names all of them, and whoever finds one silent takes the next.
resource "aws_route53_health_check" "cloud" {
  for_each = var.addresses

  type                   = "CALCULATED"
  child_health_threshold = 1
  child_healthchecks     = [for name, endpoint in local.endpoints : aws_route53_health_check.address[name].id if endpoint.cloud == each.key]

  tags = { Name = "${var.prefix}-${each.key}" }
}

# Told when a cloud is taken out of the answers.
resource "aws_cloudwatch_metric_alarm" "health" {
  for_each = aws_route53_health_check.cloud

  alarm_name          = "${var.prefix}-${each.key}-out"
  alarm_actions       = var.alarm_topic == null ? [] : [var.alarm_topic]
  alarm_description   = "DNS answers without ${each.key}: its ingest can't publish. Runbook: docs/runbooks/failover.md"
  comparison_operator = "LessThanThreshold"
  dimensions          = { HealthCheckId = each.value.id }
  evaluation_periods  = 1
  metric_name         = "HealthCheckStatus"
  namespace           = "AWS/Route53"
  ok_actions          = var.alarm_topic == null ? [] : [var.alarm_topic]
  period              = 60
  statistic           = "Minimum"
  threshold           = 1
  treat_missing_data  = "breaching"
}

# Told when one of a cloud's addresses is silent; the cloud is still in the answers.
resource "aws_cloudwatch_metric_alarm" "address" {
  for_each = { for name, endpoint in local.endpoints : name => endpoint if length(var.addresses[endpoint.cloud]) > 1 }

  alarm_name          = "${var.prefix}-${each.key}-silent"
  alarm_actions       = var.alarm_topic == null ? [] : [var.alarm_topic]
  alarm_description   = "One of the addresses of ${each.value.cloud} doesn't answer. Runbook: docs/runbooks/failover.md"
  comparison_operator = "LessThanThreshold"
  dimensions          = { HealthCheckId = aws_route53_health_check.address[each.key].id }
  evaluation_periods  = 1
  metric_name         = "HealthCheckStatus"
  namespace           = "AWS/Route53"
  ok_actions          = var.alarm_topic == null ? [] : [var.alarm_topic]
  period              = 60
  statistic           = "Minimum"
  threshold           = 1
  treat_missing_data  = "breaching"
}
