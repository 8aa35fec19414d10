locals {
  # A write without an encryption header gets the bucket's default, which is right. What is denied is every header that asks for something
  # else. A negated test is true for a header that is absent, hence the Null tests beside them; and where the algorithm is given without a
  # key, S3 would take its own, so there the absent key must be denied.
  denied = {
    KmsOnly = {
      header = "s3:x-amz-server-side-encryption"
      unless = { "s3:x-amz-server-side-encryption" = "aws:kms" }
    }
    NoCustomerProvidedKeys = {
      header = "s3:x-amz-server-side-encryption-customer-algorithm"
      unless = {}
    }
    ThisKeyOnly = {
      header = "s3:x-amz-server-side-encryption"
      unless = { "s3:x-amz-server-side-encryption-aws-kms-key-id" = var.key }
    }
  }
}

data "aws_iam_policy_document" "this" {
  source_policy_documents = var.policies

  statement {
    sid       = "TlsOnly"
    effect    = "Deny"
    actions   = ["s3:*"]
    resources = [local.arn, "${local.arn}/*"]

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

  dynamic "statement" {
    for_each = { for sid, denied in local.denied : sid => denied if var.own_key_only }

    content {
      sid       = statement.key
      effect    = "Deny"
      actions   = ["s3:PutObject"]
      resources = ["${local.arn}/*"]

      principals {
        type        = "*"
        identifiers = ["*"]
      }

      condition {
        test     = "Null"
        variable = statement.value.header
        values   = ["false"]
      }

      dynamic "condition" {
        for_each = statement.value.unless

        content {
          test     = "StringNotEquals"
          variable = condition.key
          values   = [condition.value]
        }
      }
    }
  }
}
