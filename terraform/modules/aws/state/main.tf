data "aws_caller_identity" "current" {}

data "aws_partition" "current" {}

# Old versions are the way back; a state in another region would be a second truth. A state under another key would be readable by who may
# use that one.
module "bucket" {
  source = "../bucket"

  force_destroy = !var.deletion_protection
  key           = aws_kms_key.state.arn
  name          = "state"
  own_key_only  = true
  prefix        = var.prefix
  versioned     = true
}

# A lock is an object that is made and deleted at each run (use_lockfile), beside the state that it is of: what is left of it are versions
# and delete markers. A filter knows how keys begin, not how they end, but a lock is a few hundred bytes of who and when. A state is smaller
# than that only while it has nothing worth going back to; as a lock it then goes after the days, however few there are of it.
resource "aws_s3_bucket_lifecycle_configuration" "state" {
  bucket = module.bucket.settled

  rule {
    id     = "leftovers"
    status = "Enabled"

    filter {}

    abort_incomplete_multipart_upload {
      days_after_initiation = 1
    }

    expiration {
      expired_object_delete_marker = true
    }
  }

  rule {
    id     = "locks"
    status = "Enabled"

    filter {
      object_size_less_than = local.lock_bytes
    }

    noncurrent_version_expiration {
      noncurrent_days = var.noncurrent_days
    }
  }

  rule {
    id     = "states"
    status = "Enabled"

    filter {
      object_size_greater_than = local.lock_bytes - 1
    }

    noncurrent_version_expiration {
      newer_noncurrent_versions = var.noncurrent_versions
      noncurrent_days           = var.noncurrent_days
    }
  }
}

locals {
  # More than a lock has with its longest path and host, less than a state with one resource.
  lock_bytes = 1024
}
