# Objects that one archive is missing are copied from the other on a schedule, by each cloud's own service, whatever the bridge did. From
# here to Google Cloud: Storage Transfer reads, as a role that it takes by a Google identity token. There is no key.
data "aws_region" "current" {}

resource "aws_iam_role" "transfer" {
  count = var.transfer_subject == null ? 0 : 1

  name                 = "${var.prefix}-transfer"
  description          = "What Google's Storage Transfer reads the archive as."
  assume_role_policy   = data.aws_iam_policy_document.trust[0].json
  max_session_duration = 3600
  permissions_boundary = var.boundary
}

resource "aws_iam_role_policy" "transfer" {
  count = length(aws_iam_role.transfer)

  name   = "read"
  role   = aws_iam_role.transfer[0].name
  policy = data.aws_iam_policy_document.read.json
}

# accounts.google.com is built into IAM. A service account's token is told by its unique id, which is never used again.
data "aws_iam_policy_document" "trust" {
  count = var.transfer_subject == null ? 0 : 1

  statement {
    actions = ["sts:AssumeRoleWithWebIdentity"]

    principals {
      type        = "Federated"
      identifiers = ["accounts.google.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "accounts.google.com:aud"
      values   = [var.transfer_subject]
    }

    condition {
      test     = "StringEquals"
      variable = "accounts.google.com:sub"
      values   = [var.transfer_subject]
    }
  }
}

data "aws_iam_policy_document" "read" {
  statement {
    sid       = "List"
    actions   = ["s3:GetBucketLocation", "s3:ListBucket"]
    resources = [var.bucket_arn]
  }

  statement {
    sid       = "Read"
    actions   = ["s3:GetObject"]
    resources = ["${var.bucket_arn}/events/*"]
  }

  statement {
    sid       = "Decrypt"
    actions   = ["kms:Decrypt"]
    resources = [var.key]

    condition {
      test     = "StringEquals"
      variable = "kms:ViaService"
      values   = ["s3.${data.aws_region.current.region}.amazonaws.com"]
    }
  }
}
