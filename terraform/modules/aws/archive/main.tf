data "aws_caller_identity" "current" {}

data "aws_region" "current" {}

locals {
  # Days by class; 0 days is never.
  transitions = { for class, days in { GLACIER = var.lifecycle_days.archive, STANDARD_IA = var.lifecycle_days.infrequent } : class => days if days > 0 }
}

resource "aws_s3_bucket" "archive" {
  #checkov:skip=CKV_AWS_18:Object access is recorded by CloudTrail data events in the foundation layer; server access logs arrive late and incomplete.
  #checkov:skip=CKV_AWS_144:The copy in another place is the archive of the other cloud.
  #checkov:skip=CKV2_AWS_62:Nothing listens to the bucket: frames arrive by queue.
  bucket        = "${var.prefix}-archive-${data.aws_caller_identity.current.account_id}-${data.aws_region.current.region}"
  force_destroy = !var.deletion_protection
}

resource "aws_s3_bucket_ownership_controls" "archive" {
  bucket = aws_s3_bucket.archive.id

  rule {
    object_ownership = "BucketOwnerEnforced"
  }
}

resource "aws_s3_bucket_public_access_block" "archive" {
  bucket = aws_s3_bucket.archive.id

  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_server_side_encryption_configuration" "archive" {
  bucket = aws_s3_bucket.archive.id

  rule {
    # One call to KMS for many objects: without it each frame pays for its own.
    bucket_key_enabled = true

    apply_server_side_encryption_by_default {
      kms_master_key_id = var.key
      sse_algorithm     = "aws:kms"
    }
  }
}

resource "aws_s3_bucket_versioning" "archive" {
  bucket = aws_s3_bucket.archive.id

  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_s3_bucket_lifecycle_configuration" "archive" {
  #checkov:skip=CKV_AWS_300:The rule aborted-uploads has it; the check does not see it behind the dynamic ones.
  bucket = aws_s3_bucket.archive.id

  rule {
    id     = "noncurrent"
    status = "Enabled"

    filter {}

    expiration {
      expired_object_delete_marker = true
    }

    noncurrent_version_expiration {
      noncurrent_days = var.noncurrent_days
    }
  }

  # Classes cost less to keep and more to move to and to read: only what is large enough to gain by it. S3 itself moves nothing under
  # 128 KB; a frame is mostly smaller, and stays where it is.
  dynamic "rule" {
    for_each = length(local.transitions) > 0 ? ["tiers"] : []

    content {
      id     = rule.value
      status = "Enabled"

      filter {
        object_size_greater_than = 128 * 1024
      }

      dynamic "transition" {
        for_each = local.transitions

        content {
          days          = transition.value
          storage_class = transition.key
        }
      }
    }
  }

  dynamic "rule" {
    for_each = var.lifecycle_days.expire > 0 ? ["expire"] : []

    content {
      id     = rule.value
      status = "Enabled"

      filter {
        prefix = "events/"
      }

      expiration {
        days = var.lifecycle_days.expire
      }
    }
  }

  rule {
    id     = "aborted-uploads"
    status = "Enabled"

    filter {}

    abort_incomplete_multipart_upload {
      days_after_initiation = 7
    }
  }

  # S3 refuses rules on versions that do not exist.
  depends_on = [aws_s3_bucket_versioning.archive]
}
