locals {
  runbook = "docs/runbooks/replication-gap.md"
  names   = { aws = "The archive on AWS", gcp = "The archive on Google Cloud" }

  # Every comparison is one line of the log. Each figure that it has of an archive, by a name for people.
  figures = merge(
    { for pair in setproduct(["lag", "missing", "oldest_missing_age"], keys(local.names)) : "${pair[0]}_${pair[1]}" => {
      unit  = pair[0] == "missing" ? "Count" : "Seconds"
      value = "$.${pair[0]}.${pair[1]}"
    } },
    { corrupt = { unit = "Count", value = "$.corrupt" } },
  )

  # An object is missing for longer than is promised exactly when the oldest missing one is older than that.
  alarms = merge(
    { for cloud, name in local.names : "missing-${cloud}" => {
      metric    = "oldest_missing_age_${cloud}"
      says      = "${name} lacks an object that the other one has had for more than ${var.settings.rpo_seconds} s."
      threshold = var.settings.rpo_seconds
    } },
    { for cloud, name in local.names : "lag-${cloud}" => {
      metric    = "lag_${cloud}"
      says      = "${name} got a frame more than ${var.settings.lag_seconds} s after it was accepted."
      threshold = var.settings.lag_seconds
    } },
    { corrupt = {
      metric    = "corrupt"
      says      = "The archives have an object of one key with other contents."
      threshold = 0
    } },
  )
}

resource "aws_cloudwatch_log_metric_filter" "figure" {
  for_each = local.figures

  name           = "${var.prefix}-replication-${replace(each.key, "_", "-")}"
  log_group_name = module.function.log_group
  pattern        = "{ ${each.value.value} >= 0 }"

  metric_transformation {
    name      = "replication_${each.key}"
    namespace = "isthmus/${var.prefix}"
    unit      = each.value.unit
    value     = each.value.value
  }
}

resource "aws_cloudwatch_log_metric_filter" "compared" {
  name           = "${var.prefix}-replication-compared"
  log_group_name = module.function.log_group
  pattern        = "{ $.message = \"compared\" }"

  metric_transformation {
    name      = "replication_compared"
    namespace = "isthmus/${var.prefix}"
    unit      = "Count"
    value     = "1"
  }
}

resource "aws_cloudwatch_metric_alarm" "figure" {
  for_each = local.alarms

  alarm_name          = "${var.prefix}-replication-${each.key}"
  alarm_actions       = [var.alarm_topic]
  alarm_description   = "${each.value.says} Runbook: ${local.runbook}"
  comparison_operator = "GreaterThanThreshold"
  evaluation_periods  = 1
  metric_name         = aws_cloudwatch_log_metric_filter.figure[each.value.metric].metric_transformation[0].name
  namespace           = aws_cloudwatch_log_metric_filter.figure[each.value.metric].metric_transformation[0].namespace
  ok_actions          = [var.alarm_topic]
  period              = 60 * var.settings.every_minutes
  statistic           = "Maximum"
  threshold           = each.value.threshold
  treat_missing_data  = "ignore" # nothing was compared: whatever was missing still is, and that alarm is the next one
}

# Nothing that is missing can be told of when nothing is compared: an archive can't be listed, or the function stands still.
resource "aws_cloudwatch_metric_alarm" "unknown" {
  alarm_name          = "${var.prefix}-replication-unknown"
  alarm_actions       = [var.alarm_topic]
  alarm_description   = "The archives were not compared for ${3 * var.settings.every_minutes} minutes: what is missing is not known. Runbook: ${local.runbook}"
  comparison_operator = "LessThanThreshold"
  evaluation_periods  = 3
  metric_name         = aws_cloudwatch_log_metric_filter.compared.metric_transformation[0].name
  namespace           = aws_cloudwatch_log_metric_filter.compared.metric_transformation[0].namespace
  ok_actions          = [var.alarm_topic]
  period              = 60 * var.settings.every_minutes
  statistic           = "Sum"
  threshold           = 1
  treat_missing_data  = "breaching"
}
