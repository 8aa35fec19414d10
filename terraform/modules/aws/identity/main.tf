# The way in for the other cloud's services: no key, a Google identity token for temporary credentials of one role.
resource "aws_iam_role" "google" {
  count = length(var.service_accounts) > 0 ? 1 : 0

  name                 = "${var.prefix}-google"
  description          = "What the services on Google Cloud become to publish here."
  assume_role_policy   = data.aws_iam_policy_document.trust.json
  max_session_duration = 3600
  permissions_boundary = var.boundary
}

resource "aws_iam_role_policy" "publish" {
  count = length(aws_iam_role.google)

  name   = "publish"
  role   = aws_iam_role.google[0].name
  policy = data.aws_iam_policy_document.publish.json
}

data "aws_region" "current" {}

# accounts.google.com is built into IAM, so there is no provider to make. A service account's token has an `azp`, and then IAM reads:
#   accounts.google.com:sub   the unique id of the service account: it is who;
#   accounts.google.com:aud   `azp`, which is the same id for a service account;
#   accounts.google.com:oaud  `aud`, what the token was asked for: a token meant for another service is of no use here.
# E-mail addresses are no condition: they can be used again by another after a deletion, unique ids can't.
data "aws_iam_policy_document" "trust" {
  statement {
    actions = ["sts:AssumeRoleWithWebIdentity"]

    principals {
      type        = "Federated"
      identifiers = ["accounts.google.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "accounts.google.com:aud"
      values   = values(var.service_accounts)
    }

    condition {
      test     = "StringEquals"
      variable = "accounts.google.com:oaud"
      values   = ["sts.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "accounts.google.com:sub"
      values   = values(var.service_accounts)
    }
  }
}

data "aws_iam_policy_document" "publish" {
  statement {
    sid       = "Publish"
    actions   = ["sns:GetTopicAttributes", "sns:Publish"] # the first is what /readyz asks
    resources = [var.topic]
  }

  statement {
    sid       = "Encrypt"
    actions   = ["kms:Decrypt", "kms:GenerateDataKey"]
    resources = [var.key]

    condition {
      test     = "StringEquals"
      variable = "kms:ViaService"
      values   = ["sns.${data.aws_region.current.region}.amazonaws.com"]
    }
  }
}
