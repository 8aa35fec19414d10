# Results of queries: encrypted, and gone after a week.
resource "aws_s3_bucket" "results" {
  #checkov:skip=CKV_AWS_18:Queries are recorded by Athena itself, and by CloudTrail.
  #checkov:skip=CKV_AWS_21:A result can be had again from the archive; versions of it would only bill.
  #checkov:skip=CKV_AWS_144:The same.
  #checkov:skip=CKV2_AWS_62:Nothing listens to the bucket.
  count = var.enable_analytics ? 1 : 0

  bucket        = "${var.prefix}-results-${data.aws_caller_identity.current.account_id}-${data.aws_region.current.region}"
  force_destroy = true
}

resource "aws_s3_bucket_ownership_controls" "results" {
  count = length(aws_s3_bucket.results)

  bucket = aws_s3_bucket.results[0].id

  rule {
    object_ownership = "BucketOwnerEnforced"
  }
}

resource "aws_s3_bucket_public_access_block" "results" {
  count = length(aws_s3_bucket.results)

  bucket = aws_s3_bucket.results[0].id

  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_server_side_encryption_configuration" "results" {
  count = length(aws_s3_bucket.results)

  bucket = aws_s3_bucket.results[0].id

  rule {
    bucket_key_enabled = true

    apply_server_side_encryption_by_default {
      kms_master_key_id = var.key
      sse_algorithm     = "aws:kms"
    }
  }
}

resource "aws_s3_bucket_lifecycle_configuration" "results" {
  count = length(aws_s3_bucket.results)

  bucket = aws_s3_bucket.results[0].id

  rule {
    id     = "week"
    status = "Enabled"

    filter {}

    abort_incomplete_multipart_upload {
      days_after_initiation = 1
    }

    expiration {
      days = 7
    }
  }
}

resource "aws_s3_bucket_policy" "results" {
  count = length(aws_s3_bucket.results)

  bucket = aws_s3_bucket.results[0].id
  policy = data.aws_iam_policy_document.results[0].json
}

data "aws_iam_policy_document" "results" {
  count = length(aws_s3_bucket.results)

  statement {
    sid       = "TlsOnly"
    effect    = "Deny"
    actions   = ["s3:*"]
    resources = [aws_s3_bucket.results[0].arn, "${aws_s3_bucket.results[0].arn}/*"]

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
