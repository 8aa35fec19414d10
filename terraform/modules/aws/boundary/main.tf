data "aws_caller_identity" "current" {}

data "aws_partition" "current" {}

data "aws_region" "current" {}

locals {
  account   = data.aws_caller_identity.current.account_id
  partition = data.aws_partition.current.partition
  region    = data.aws_region.current.region
}

resource "aws_iam_policy" "boundary" {
  name        = "${var.prefix}-boundary"
  description = "The most that a role of ${var.prefix} can do, whatever its own policies say."
  policy      = data.aws_iam_policy_document.boundary.json
}

# Data of this prefix, in this region, and nothing about identities or settings. Each role's own policy is narrower.
data "aws_iam_policy_document" "boundary" {
  #checkov:skip=CKV_AWS_108:A boundary gives nothing: it is the limit of what the roles' own policies give.
  #checkov:skip=CKV_AWS_109:The same.
  #checkov:skip=CKV_AWS_110:The same.
  #checkov:skip=CKV_AWS_111:The same.
  #checkov:skip=CKV_AWS_356:The same.
  statement {
    sid = "Messages"
    actions = [
      "sns:GetTopicAttributes", "sns:Publish", "sqs:ChangeMessageVisibility", "sqs:DeleteMessage", "sqs:GetQueueAttributes",
      "sqs:ReceiveMessage", "sqs:SendMessage",
    ]
    resources = [
      "arn:${local.partition}:sns:${local.region}:${local.account}:${var.prefix}-*",
      "arn:${local.partition}:sqs:${local.region}:${local.account}:${var.prefix}-*",
    ]
  }

  statement {
    sid     = "Objects"
    actions = ["s3:GetBucketLocation", "s3:GetObject*", "s3:ListBucket*", "s3:PutObject*", "s3:ListMultipartUploadParts", "s3:AbortMultipartUpload"]
    resources = [
      "arn:${local.partition}:s3:::${var.prefix}-*",
      "arn:${local.partition}:s3:::${var.prefix}-*/*",
    ]
  }

  statement {
    sid       = "Keys"
    actions   = ["kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKey"]
    resources = ["arn:${local.partition}:kms:${local.region}:${local.account}:key/*"]

    condition {
      test     = "ForAnyValue:StringLike"
      variable = "kms:ResourceAliases"
      values   = ["alias/${var.prefix}-*"]
    }
  }

  statement {
    sid     = "Logs"
    actions = ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"]
    resources = [
      "arn:${local.partition}:logs:${local.region}:${local.account}:log-group:/aws/*/${var.prefix}*",
      "arn:${local.partition}:logs:${local.region}:${local.account}:log-group:/aws/*/${var.prefix}*:*",
      "arn:${local.partition}:logs:${local.region}:${local.account}:log-group:/aws/lambda/cwsyn-${var.prefix}*", # canaries
    ]
  }

  # The schedules of the compaction and of the ledger, and no other function.
  statement {
    sid       = "Calls"
    actions   = ["lambda:InvokeFunction"]
    resources = [for role in ["compact", "ledger"] : "arn:${local.partition}:lambda:${local.region}:${local.account}:function:${var.prefix}-${role}"]
  }

  statement {
    sid       = "Secrets"
    actions   = ["secretsmanager:GetSecretValue"]
    resources = ["arn:${local.partition}:secretsmanager:${local.region}:${local.account}:secret:${var.prefix}-*"]
  }

  statement {
    sid       = "Mail"
    actions   = ["ses:SendRawEmail"]
    resources = ["arn:${local.partition}:ses:${local.region}:${local.account}:identity/*"]
  }

  # These have no resources to name.
  statement {
    sid       = "Telemetry"
    actions   = ["cloudwatch:PutMetricData", "logs:DescribeLogGroups", "s3:ListAllMyBuckets", "xray:PutTelemetryRecords", "xray:PutTraceSegments"]
    resources = ["*"]
  }
}
