data "aws_caller_identity" "current" {}

data "aws_region" "current" {}

locals {
  # Where the way out of an alarm is written. A test holds that each file is there.
  runbooks = {
    api      = "docs/runbooks/ingest-errors.md"
    dead     = "docs/runbooks/dead-letters.md"
    function = "docs/runbooks/function-errors.md"
    queue    = "docs/runbooks/queue-backlog.md"
  }

  # One alarm an entry: what is measured, when it is too much, and what to do.
  alarms = merge(
    { for name, queue in var.queues : "${name}-backlog" => {
      dimensions = { QueueName = queue.name }
      metric     = "ApproximateAgeOfOldestMessage"
      namespace  = "AWS/SQS"
      statistic  = "Maximum"
      runbook    = local.runbooks.queue
      says       = "The oldest message of ${queue.name} waits for more than ${queue.max_age_seconds} s."
      threshold  = queue.max_age_seconds
    } },
    { for name, queue in var.queues : "${name}-dead-letters" => {
      dimensions = { QueueName = queue.dead_letter }
      metric     = "ApproximateNumberOfMessagesVisible"
      namespace  = "AWS/SQS"
      statistic  = "Maximum"
      runbook    = local.runbooks.dead
      says       = "There are dead letters in ${queue.dead_letter}."
      threshold  = 0
    } },
    { for name in var.functions : "${name}-errors" => {
      dimensions = { FunctionName = "${var.prefix}-${name}" }
      metric     = "Errors"
      namespace  = "AWS/Lambda"
      statistic  = "Sum"
      runbook    = local.runbooks.function
      says       = "Calls of ${var.prefix}-${name} end in an error."
      threshold  = 0
    } },
    { for name in var.functions : "${name}-throttles" => {
      dimensions = { FunctionName = "${var.prefix}-${name}" }
      metric     = "Throttles"
      namespace  = "AWS/Lambda"
      statistic  = "Sum"
      runbook    = local.runbooks.function
      says       = "Calls of ${var.prefix}-${name} are refused for want of concurrency."
      threshold  = 0
    } },
    { ingest-5xx = {
      dimensions = { ApiId = var.api_id }
      metric     = "5xx"
      namespace  = "AWS/ApiGateway"
      statistic  = "Sum"
      runbook    = local.runbooks.api
      says       = "Ingest answers with 5xx."
      threshold  = 0
    } },
  )
}

# Where alarms go.
resource "aws_sns_topic" "alarms" {
  name              = "${var.prefix}-alarms"
  kms_master_key_id = var.key
}

resource "aws_sns_topic_policy" "alarms" {
  arn    = aws_sns_topic.alarms.arn
  policy = data.aws_iam_policy_document.alarms.json
}

data "aws_iam_policy_document" "alarms" {
  statement {
    sid       = "Alarms"
    actions   = ["sns:Publish"]
    resources = [aws_sns_topic.alarms.arn]

    principals {
      type        = "Service"
      identifiers = ["cloudwatch.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [data.aws_caller_identity.current.account_id]
    }
  }
}

# An address confirms by a link that AWS sends; until then it gets nothing.
resource "aws_sns_topic_subscription" "email" {
  for_each = var.emails

  topic_arn = aws_sns_topic.alarms.arn
  protocol  = "email"
  endpoint  = each.value
}

resource "aws_cloudwatch_metric_alarm" "this" {
  for_each = local.alarms

  alarm_name          = "${var.prefix}-${each.key}"
  alarm_actions       = [aws_sns_topic.alarms.arn]
  alarm_description   = "${each.value.says} Runbook: ${each.value.runbook}"
  comparison_operator = "GreaterThanThreshold"
  dimensions          = each.value.dimensions
  evaluation_periods  = var.evaluation_periods
  metric_name         = each.value.metric
  namespace           = each.value.namespace
  ok_actions          = [aws_sns_topic.alarms.arn]
  period              = 60
  statistic           = each.value.statistic
  threshold           = each.value.threshold
  treat_missing_data  = "notBreaching"
}

# Answers take a share of the callers' time that a mean would hide.
resource "aws_cloudwatch_metric_alarm" "latency" {
  alarm_name          = "${var.prefix}-ingest-latency"
  alarm_actions       = [aws_sns_topic.alarms.arn]
  alarm_description   = "One request of a hundred to ingest takes more than ${var.latency_ms} ms. Runbook: ${local.runbooks.api}"
  comparison_operator = "GreaterThanThreshold"
  dimensions          = { ApiId = var.api_id }
  evaluation_periods  = var.evaluation_periods
  extended_statistic  = "p99"
  metric_name         = "Latency"
  namespace           = "AWS/ApiGateway"
  ok_actions          = [aws_sns_topic.alarms.arn]
  period              = 60
  threshold           = var.latency_ms
  treat_missing_data  = "notBreaching"
}
