data "aws_caller_identity" "current" {}

data "aws_partition" "current" {}

data "aws_region" "current" {}

locals {
  # A canary's name has 21 characters at most.
  name = substr("${var.prefix}-${var.role}", 0, 21)

  # An event may take a while, and a run ends before the next one begins.
  timeout_seconds = var.event == null ? 60 : 60 * min(var.every_minutes, 2)

  sending = {
    for event in var.event[*] : "event" => {
      ISTHMUS_PROBE_BUCKET  = event.bucket
      ISTHMUS_PROBE_INGEST  = regex("^https://[^/]+", var.url)
      ISTHMUS_PROBE_SECONDS = tostring(local.timeout_seconds - 15)
      ISTHMUS_PROBE_SECRET  = event.secret
    }
  }
}

resource "aws_synthetics_canary" "this" {
  name                 = local.name
  artifact_s3_location = "s3://${module.bucket.bucket}/${var.role}"
  delete_lambda        = true
  execution_role_arn   = aws_iam_role.this.arn
  handler              = "canary.handler"
  runtime_version      = var.runtime_version
  start_canary         = true
  zip_file             = var.package

  artifact_config {
    s3_encryption {
      encryption_mode = "SSE_KMS"
      kms_key_arn     = var.key
    }
  }

  run_config {
    environment_variables = merge({ ISTHMUS_PROBE_URL = var.url }, lookup(local.sending, "event", {}))
    timeout_in_seconds    = local.timeout_seconds
  }

  schedule {
    expression = "rate(${var.every_minutes} minute${var.every_minutes == 1 ? "" : "s"})"
  }

  depends_on = [aws_iam_role_policy.this]

  lifecycle {
    replace_triggered_by = [terraform_data.code]
  }
}

# The provider looks at the zip's path and not at what is in it: without this new code would never get there.
resource "terraform_data" "code" {
  input = filesha256(var.package)
}

resource "aws_cloudwatch_metric_alarm" "this" {
  alarm_name          = "${var.prefix}-${var.role}-canary"
  alarm_actions       = [var.alarm_topic]
  alarm_description   = "The synthetic check of ${var.url} fails. Runbook: docs/runbooks/failover.md"
  comparison_operator = "LessThanThreshold"
  dimensions          = { CanaryName = aws_synthetics_canary.this.name }
  evaluation_periods  = 2
  metric_name         = "SuccessPercent"
  namespace           = "CloudWatchSynthetics"
  ok_actions          = [var.alarm_topic]
  period              = 60 * var.every_minutes
  statistic           = "Average"
  threshold           = 100
  treat_missing_data  = "breaching"
}
