# What it copies, the bridge did not bring.
resource "aws_cloudwatch_metric_alarm" "gap" {
  count = length(aws_datasync_task.archive)

  alarm_name          = "${var.prefix}-replication-gap"
  alarm_actions       = [var.alarm_topic]
  alarm_description   = "The archive lacked frames that Cloud Storage has: DataSync copied them. Runbook: docs/runbooks/replication-gap.md"
  comparison_operator = "GreaterThanThreshold"
  dimensions          = { TaskId = element(split("/", aws_datasync_task.archive[0].arn), 1) }
  evaluation_periods  = 1
  metric_name         = "FilesTransferred"
  namespace           = "AWS/DataSync"
  ok_actions          = [var.alarm_topic]
  period              = 300
  statistic           = "Maximum"
  threshold           = 0
  treat_missing_data  = "notBreaching"
}

resource "aws_cloudwatch_log_group" "datasync" {
  #checkov:skip=CKV_AWS_338:The profile says how long; a year in resilient.
  count = var.datasync == null ? 0 : 1

  name              = "/aws/datasync/${var.prefix}"
  kms_key_id        = var.log_key
  retention_in_days = var.log_retention_days
}

resource "aws_cloudwatch_log_resource_policy" "datasync" {
  count = length(aws_cloudwatch_log_group.datasync)

  policy_name     = "${var.prefix}-datasync"
  policy_document = data.aws_iam_policy_document.datasync_log[0].json
}

data "aws_iam_policy_document" "datasync_log" {
  count = length(aws_cloudwatch_log_group.datasync)

  statement {
    actions   = ["logs:CreateLogStream", "logs:PutLogEvents"]
    resources = ["${aws_cloudwatch_log_group.datasync[0].arn}:*"]

    principals {
      type        = "Service"
      identifiers = ["datasync.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [data.aws_caller_identity.current.account_id]
    }
  }
}
