# Results of queries: encrypted, and gone after a week. A result can be had again from the archive.
module "bucket" {
  source = "../bucket"
  count  = var.enable_analytics ? 1 : 0

  force_destroy = true
  key           = var.key
  name          = "results"
  prefix        = var.prefix
}

resource "aws_s3_bucket_lifecycle_configuration" "results" {
  count = length(module.bucket)

  bucket = module.bucket[0].settled

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
