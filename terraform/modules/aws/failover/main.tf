# Both providers' servers, once they are known; until then its own.
resource "aws_route53_record" "name_servers" {
  count = length(var.name_servers.aws) > 0 && length(var.name_servers.gcp) > 0 ? 1 : 0

  zone_id         = var.zone
  name            = var.domain
  type            = "NS"
  ttl             = 3600
  records         = sort(setunion(var.name_servers.aws, var.name_servers.gcp))
  allow_overwrite = true # Route 53 makes the record with the zone
}

# Nobody else may make a certificate for the name.
resource "aws_route53_record" "issuers" {
  zone_id = var.zone
  name    = var.domain
  type    = "CAA"
  ttl     = 3600
  records = ["0 issue \"amazon.com\"", "0 issue \"pki.goog\""]
}

# Can it publish, asked from many places. A cloud that can't is left out of the answers.
resource "aws_route53_health_check" "address" {
  for_each = var.addresses

  type              = "HTTPS"
  enable_sni        = true
  failure_threshold = var.health.threshold
  fqdn              = var.domain
  ip_address        = sort(each.value)[0]
  measure_latency   = true
  port              = 443
  request_interval  = var.health.interval_seconds
  resource_path     = var.health.path

  tags = { Name = "${var.prefix}-${each.key}" }
}

# Weighted, each with its health: while both are well the weights share the traffic; when one is not, the other has all of it. With both
# out Route 53 answers with both, as if both were well: an ingest that answers 503 is better than no answer.
resource "aws_route53_record" "address" {
  for_each = var.addresses

  zone_id         = var.zone
  name            = var.domain
  type            = "A"
  ttl             = var.ttl_seconds
  health_check_id = aws_route53_health_check.address[each.key].id
  records         = each.value
  set_identifier  = each.key

  weighted_routing_policy {
    weight = var.weights[each.key]
  }
}

# Told when a cloud is taken out of the answers.
resource "aws_cloudwatch_metric_alarm" "health" {
  for_each = aws_route53_health_check.address

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
