locals {
  bucket_arn = "arn:${data.aws_partition.current.partition}:s3:::${var.bucket}"
  prefixes   = ["events/*", "quarantine/*"]
}

# The function lists, and reads no object. To list the other cloud's archive it signs GetCallerIdentity, which needs no permission.
data "aws_iam_policy_document" "work" {
  source_policy_documents = [data.aws_iam_policy_document.list.json]

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

data "aws_iam_policy_document" "list" {
  statement {
    sid       = "List"
    actions   = ["s3:ListBucket"]
    resources = [local.bucket_arn]

    condition {
      test     = "StringLike"
      variable = "s3:prefix"
      values   = local.prefixes
    }
  }
}

# What the schedule calls the function as.
resource "aws_iam_role" "schedule" {
  name                 = "${var.prefix}-ledger-schedule"
  description          = "What the schedule of the ledger runs as."
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

# What the other cloud's ledger becomes, with no key: it lists this archive, and nothing else. accounts.google.com is built into IAM; a
# service account's token is told by its unique id, which is never used again.
resource "aws_iam_role" "google" {
  count = var.other_ledger == null ? 0 : 1

  name                 = "${var.prefix}-google-ledger"
  description          = "What the ledger on Google Cloud becomes to list the archive."
  assume_role_policy   = data.aws_iam_policy_document.google_trust[0].json
  max_session_duration = 3600
  permissions_boundary = var.boundary
}

resource "aws_iam_role_policy" "google" {
  count = length(aws_iam_role.google)

  name   = "list"
  role   = aws_iam_role.google[0].name
  policy = data.aws_iam_policy_document.list.json
}

data "aws_iam_policy_document" "google_trust" {
  count = var.other_ledger == null ? 0 : 1

  statement {
    actions = ["sts:AssumeRoleWithWebIdentity"]

    principals {
      type        = "Federated"
      identifiers = ["accounts.google.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "accounts.google.com:aud"
      values   = [var.other_ledger]
    }

    condition {
      test     = "StringEquals"
      variable = "accounts.google.com:oaud"
      values   = ["sts.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "accounts.google.com:sub"
      values   = [var.other_ledger]
    }
  }
}
