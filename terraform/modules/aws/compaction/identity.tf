locals {
  bucket_arn = "arn:${data.aws_partition.current.partition}:s3:::${var.bucket}"
}

# It reads frames and days, and writes days: no frame can be changed by it, and nothing be deleted.
data "aws_iam_policy_document" "archive" {
  statement {
    sid       = "List"
    actions   = ["s3:ListBucket"]
    resources = [local.bucket_arn]

    condition {
      test     = "StringLike"
      variable = "s3:prefix"
      values   = ["compacted/*", "events/*"]
    }
  }

  statement {
    sid       = "Read"
    actions   = ["s3:GetObject"]
    resources = ["${local.bucket_arn}/compacted/*", "${local.bucket_arn}/events/*"]
  }

  statement {
    sid       = "Write"
    actions   = ["s3:PutObject"]
    resources = ["${local.bucket_arn}/compacted/*"]
  }

  statement {
    sid       = "Objects"
    actions   = ["kms:Decrypt", "kms:GenerateDataKey"]
    resources = [var.storage_key]
  }
}

data "aws_iam_policy_document" "work" {
  source_policy_documents = [data.aws_iam_policy_document.archive.json]

  statement {
    sid       = "DeadLetter"
    actions   = ["sqs:SendMessage"]
    resources = [aws_sqs_queue.dead_letter.arn]
  }

  statement {
    sid       = "Messages"
    actions   = ["kms:Decrypt", "kms:GenerateDataKey"]
    resources = [var.key]
  }
}

# What the schedule calls the function as.
resource "aws_iam_role" "schedule" {
  name                 = "${var.prefix}-compact-schedule"
  description          = "What the schedule of the compaction runs as."
  assume_role_policy   = data.aws_iam_policy_document.schedule_trust.json
  permissions_boundary = var.boundary
}

resource "aws_iam_role_policy" "schedule" {
  name   = "call"
  role   = aws_iam_role.schedule.name
  policy = data.aws_iam_policy_document.schedule.json
}

data "aws_iam_policy_document" "schedule_trust" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["scheduler.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [data.aws_caller_identity.current.account_id]
    }
  }
}

data "aws_iam_policy_document" "schedule" {
  statement {
    sid       = "Call"
    actions   = ["lambda:InvokeFunction"]
    resources = [module.function.arn]
  }

  statement {
    sid       = "DeadLetter"
    actions   = ["sqs:SendMessage"]
    resources = [aws_sqs_queue.dead_letter.arn]
  }

  statement {
    sid       = "Messages"
    actions   = ["kms:Decrypt", "kms:GenerateDataKey"]
    resources = [var.key]
  }
}
