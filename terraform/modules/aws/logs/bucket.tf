# Files are validated by their digests; a copy elsewhere is the organisation's trail.
module "bucket" {
  source = "../bucket"

  force_destroy = !var.deletion_protection
  key           = var.key
  name          = "logs"
  policies      = [data.aws_iam_policy_document.bucket.json]
  prefix        = var.prefix
  versioned     = true
}

resource "aws_s3_bucket_lifecycle_configuration" "logs" {
  bucket = module.bucket.settled

  rule {
    id     = "retention"
    status = "Enabled"

    filter {}

    abort_incomplete_multipart_upload {
      days_after_initiation = 1
    }

    expiration {
      days = var.retention_days
    }

    noncurrent_version_expiration {
      noncurrent_days = 1
    }
  }
}

data "aws_iam_policy_document" "bucket" {
  # CloudTrail looks before it writes; only for this trail.
  statement {
    sid       = "TrailLooks"
    actions   = ["s3:GetBucketAcl"]
    resources = [module.bucket.arn]

    principals {
      type        = "Service"
      identifiers = ["cloudtrail.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceArn"
      values   = [local.trail]
    }
  }

  statement {
    sid       = "TrailWrites"
    actions   = ["s3:PutObject"]
    resources = ["${module.bucket.arn}/AWSLogs/${local.account}/*"]

    principals {
      type        = "Service"
      identifiers = ["cloudtrail.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceArn"
      values   = [local.trail]
    }
  }
}
