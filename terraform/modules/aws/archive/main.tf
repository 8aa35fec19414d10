module "bucket" {
  source = "../bucket"

  force_destroy = !var.deletion_protection
  key           = var.key
  name          = "archive"
  own_key_only  = true
  prefix        = var.prefix
  versioned     = true
}

locals {
  # Days by class; 0 days is never.
  transitions = { for class, days in { GLACIER = var.lifecycle_days.archive, STANDARD_IA = var.lifecycle_days.infrequent } : class => days if days > 0 }
}

resource "aws_s3_bucket_lifecycle_configuration" "archive" {
  #checkov:skip=CKV_AWS_300:The rule aborted-uploads has it; the check does not see it behind the dynamic ones.
  bucket = module.bucket.settled

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
    for_each = var.lifecycle_days.expire > 0 ? { expire = "events/", expire-compacted = "compacted/" } : {}

    content {
      id     = rule.key
      status = "Enabled"

      filter {
        prefix = rule.value
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
}
