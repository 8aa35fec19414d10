# What a run leaves: gone after a month. A run writes new objects, and none twice.
module "bucket" {
  source = "../bucket"

  force_destroy = true
  key           = var.key
  name          = "canary"
  prefix        = var.prefix
}

resource "aws_s3_bucket_lifecycle_configuration" "artifacts" {
  bucket = module.bucket.settled

  rule {
    id     = "retention"
    status = "Enabled"

    filter {}

    abort_incomplete_multipart_upload {
      days_after_initiation = 1
    }

    expiration {
      days = 30
    }
  }
}
