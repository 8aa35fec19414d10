data "aws_caller_identity" "current" {}

data "aws_partition" "current" {}

data "aws_region" "current" {}

locals {
  # A canary's name has 21 characters at most.
  name = substr("${var.prefix}-${var.role}", 0, 21)
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
    environment_variables = { ISTHMUS_PROBE_URL = var.url }
    timeout_in_seconds    = 60
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

resource "aws_iam_role" "this" {
  name                 = "${var.prefix}-${var.role}-canary"
  description          = "What the synthetic check runs as."
  assume_role_policy   = data.aws_iam_policy_document.trust.json
  permissions_boundary = var.boundary
}

resource "aws_iam_role_policy" "this" {
  name   = "work"
  role   = aws_iam_role.this.name
  policy = data.aws_iam_policy_document.work.json
}

data "aws_iam_policy_document" "trust" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["lambda.amazonaws.com"]
    }
  }
}

data "aws_iam_policy_document" "work" {
  #checkov:skip=CKV_AWS_111:Metrics have no resources; the namespace is asked for.
  #checkov:skip=CKV_AWS_356:The same.
  statement {
    sid       = "Artifacts"
    actions   = ["s3:PutObject"]
    resources = ["${module.bucket.arn}/${var.role}/*"]
  }

  statement {
    sid       = "Bucket"
    actions   = ["s3:GetBucketLocation"]
    resources = [module.bucket.arn]
  }

  statement {
    sid       = "Key"
    actions   = ["kms:Decrypt", "kms:GenerateDataKey"]
    resources = [var.key]
  }

  statement {
    sid     = "Logs"
    actions = ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"]
    resources = [
      "arn:${data.aws_partition.current.partition}:logs:${data.aws_region.current.region}:${data.aws_caller_identity.current.account_id}:log-group:/aws/lambda/cwsyn-${local.name}-*",
    ]
  }

  statement {
    sid       = "Metrics"
    actions   = ["cloudwatch:PutMetricData"]
    resources = ["*"]

    condition {
      test     = "StringEquals"
      variable = "cloudwatch:namespace"
      values   = ["CloudWatchSynthetics"]
    }
  }
}
