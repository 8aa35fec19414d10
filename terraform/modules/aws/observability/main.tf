data "aws_caller_identity" "current" {}

data "aws_region" "current" {}

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

  statement {
    sid       = "TlsOnly"
    effect    = "Deny"
    actions   = ["sns:Publish"]
    resources = [aws_sns_topic.alarms.arn]

    principals {
      type        = "*"
      identifiers = ["*"]
    }

    condition {
      test     = "Bool"
      variable = "aws:SecureTransport"
      values   = ["false"]
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
