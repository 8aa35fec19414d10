# What a run may do; nothing of an event where none is sent.
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

  # What an event needs: its sender's key, and to look for it where synthetic events are kept. An ARN of a secret ends with six
  # characters of AWS's own.
  dynamic "statement" {
    for_each = var.event[*]

    content {
      sid     = "ApiKey"
      actions = ["secretsmanager:GetSecretValue"]
      resources = [
        "arn:${data.aws_partition.current.partition}:secretsmanager:${data.aws_region.current.region}:${data.aws_caller_identity.current.account_id}:secret:${statement.value.secret}-??????",
      ]
    }
  }

  dynamic "statement" {
    for_each = var.event[*]

    content {
      sid       = "Arrival"
      actions   = ["s3:GetObject"]
      resources = ["arn:${data.aws_partition.current.partition}:s3:::${statement.value.bucket}/events/type=isthmus.probe/*"]
    }
  }

  dynamic "statement" {
    for_each = var.event[*]

    content {
      sid       = "Arrivals"
      actions   = ["s3:ListBucket"]
      resources = ["arn:${data.aws_partition.current.partition}:s3:::${statement.value.bucket}"]

      condition {
        test     = "StringLike"
        variable = "s3:prefix"
        values   = ["events/type=isthmus.probe/*"]
      }
    }
  }

  dynamic "statement" {
    for_each = var.event[*]

    content {
      sid       = "ArchiveKey"
      actions   = ["kms:Decrypt"]
      resources = [statement.value.key]
    }
  }
}
