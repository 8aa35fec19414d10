locals {
  runbook = "docs/runbooks/compaction.md"
}

# Every run is one line of the log.
resource "aws_cloudwatch_log_metric_filter" "too_large" {
  name           = "${var.prefix}-compaction-too-large"
  log_group_name = module.function.log_group
  pattern        = "{ $.too_large >= 0 }"

  metric_transformation {
    name      = "compaction_too_large"
    namespace = "isthmus/${var.prefix}"
    unit      = "Count"
    value     = "$.too_large"
  }
}

resource "aws_cloudwatch_log_metric_filter" "compacted" {
  name           = "${var.prefix}-compaction-compacted"
  log_group_name = module.function.log_group
  pattern        = "{ $.message = \"compacted\" }"

  metric_transformation {
    name      = "compaction_compacted"
    namespace = "isthmus/${var.prefix}"
    unit      = "Count"
    value     = "1"
  }
}

resource "aws_cloudwatch_metric_alarm" "too_large" {
  alarm_name          = "${var.prefix}-compaction-too-large"
  alarm_actions       = [var.alarm_topic]
  alarm_description   = "A day of events is too large for the function that writes it as Parquet. Runbook: ${local.runbook}"
  comparison_operator = "GreaterThanThreshold"
  evaluation_periods  = 1
  metric_name         = aws_cloudwatch_log_metric_filter.too_large.metric_transformation[0].name
  namespace           = aws_cloudwatch_log_metric_filter.too_large.metric_transformation[0].namespace
  ok_actions          = [var.alarm_topic]
  period              = 3600 * var.settings.every_hours
  statistic           = "Maximum"
  threshold           = 0
  treat_missing_data  = "ignore" # no run: the day is still too large, and that alarm is the next one
}

# It fails, can't finish, or does not run: the Parquet tables grow old, and nothing else says so.
resource "aws_cloudwatch_metric_alarm" "stopped" {
  alarm_name          = "${var.prefix}-compaction-stopped"
  alarm_actions       = [var.alarm_topic]
  alarm_description   = "No run of the compaction was whole for ${3 * var.settings.every_hours} hours: the Parquet tables grow old. Runbook: ${local.runbook}"
  comparison_operator = "LessThanThreshold"
  evaluation_periods  = 3
  metric_name         = aws_cloudwatch_log_metric_filter.compacted.metric_transformation[0].name
  namespace           = aws_cloudwatch_log_metric_filter.compacted.metric_transformation[0].namespace
  ok_actions          = [var.alarm_topic]
  period              = 3600 * var.settings.every_hours
  statistic           = "Sum"
  threshold           = 1
  treat_missing_data  = "breaching"
}
