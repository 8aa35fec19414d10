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

# A lock is an object that is made and deleted at each run (use_lockfile): what is left of it are versions and delete markers.
resource "aws_s3_bucket_lifecycle_configuration" "state" {
  bucket = module.bucket.settled

  rule {
    id     = "states"
    status = "Enabled"

    filter {}

    abort_incomplete_multipart_upload {
      days_after_initiation = 1
    }

    expiration {
      expired_object_delete_marker = true
    }

    noncurrent_version_expiration {
      newer_noncurrent_versions = var.noncurrent_versions
      noncurrent_days           = var.noncurrent_days
    }
  }
}
