data "aws_caller_identity" "current" {}

data "aws_partition" "current" {}

data "aws_region" "current" {}

locals {
  bucket  = "arn:${data.aws_partition.current.partition}:s3:::${var.bucket}"
  senders = concat(values(var.topics), values(var.senders))
  account = "${data.aws_region.current.region}:${data.aws_caller_identity.current.account_id}"
}

# Only the topics send (to the dead letters: what they could not deliver), and nobody without TLS.
data "aws_iam_policy_document" "queue" {
  for_each = { alert = aws_sqs_queue.alert.arn, dead_letter = aws_sqs_queue.dead_letter.arn }

  statement {
    sid       = "Topics"
    actions   = ["sqs:SendMessage"]
    resources = [each.value]

    principals {
      type        = "Service"
      identifiers = ["sns.amazonaws.com"]
    }

    condition {
      test     = "ArnEquals"
      variable = "aws:SourceArn"
      values   = local.senders
    }
  }

  statement {
    sid       = "TlsOnly"
    effect    = "Deny"
    actions   = ["sqs:*"]
    resources = [each.value]

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

# The calls that the handler makes, and nothing else.
data "aws_iam_policy_document" "work" {
  statement {
    sid       = "Receive"
    actions   = ["sqs:ChangeMessageVisibility", "sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"]
    resources = [aws_sqs_queue.alert.arn]
  }

  statement {
    sid       = "DeadLetter"
    actions   = ["sqs:SendMessage"]
    resources = [aws_sqs_queue.dead_letter.arn]
  }

  # Decrypt to read a message or a mark, GenerateDataKey to write one.
  statement {
    sid       = "Keys"
    actions   = ["kms:Decrypt", "kms:GenerateDataKey"]
    resources = [var.key, var.storage_key]
  }

  statement {
    sid       = "Mark"
    actions   = ["s3:PutObject"]
    resources = ["${local.bucket}/alerts/*"]
  }

  statement {
    sid       = "Marked"
    actions   = ["s3:ListBucket"]
    resources = [local.bucket]

    condition {
      test     = "StringLike"
      variable = "s3:prefix"
      values   = ["alerts/*"]
    }
  }

  # An ARN of a secret ends with six characters of AWS's own.
  statement {
    sid       = "Webhook"
    actions   = ["secretsmanager:GetSecretValue"]
    resources = ["arn:${data.aws_partition.current.partition}:secretsmanager:${local.account}:secret:${var.slack_secret}-??????"]
  }

  dynamic "statement" {
    for_each = var.email[*]

    content {
      sid       = "Mail"
      actions   = ["ses:SendRawEmail"] # what SES asks for when a whole message is sent
      resources = ["arn:${data.aws_partition.current.partition}:ses:${local.account}:identity/*"]

      condition {
        test     = "StringEquals"
        variable = "ses:FromAddress"
        values   = [statement.value.sender]
      }
    }
  }
}
