# What every bucket here has: one owner and no ACLs, closed to the public, encrypted with a key of ours, TLS only. What it keeps for how
# long is the caller's: each has rules of its own.
data "aws_caller_identity" "current" {}

data "aws_partition" "current" {}

data "aws_region" "current" {}

locals {
  name = "${var.prefix}-${var.name}-${data.aws_caller_identity.current.account_id}-${data.aws_region.current.region}"

  # Written out, so that the policy can be read and judged in a plan, before there is a bucket.
  arn = "arn:${data.aws_partition.current.partition}:s3:::${local.name}"
}

resource "aws_s3_bucket" "this" {
  #checkov:skip=CKV_AWS_18:Access to objects is recorded by CloudTrail's data events (module logs); server access logs arrive late and incomplete.
  #checkov:skip=CKV_AWS_21:By variable: what can be made again, and what is written once, needs no versions.
  #checkov:skip=CKV_AWS_144:The copy in another place is the other cloud's archive; the rest can be made again.
  #checkov:skip=CKV2_AWS_61:The caller's: each bucket has rules of its own.
  #checkov:skip=CKV2_AWS_62:Nothing listens to a bucket: frames arrive by queue.
  bucket        = local.name
  force_destroy = var.force_destroy
}

resource "aws_s3_bucket_ownership_controls" "this" {
  bucket = aws_s3_bucket.this.id

  rule {
    object_ownership = "BucketOwnerEnforced"
  }
}

resource "aws_s3_bucket_public_access_block" "this" {
  bucket = aws_s3_bucket.this.id

  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_server_side_encryption_configuration" "this" {
  bucket = aws_s3_bucket.this.id

  rule {
    # One call to KMS for many objects: without it each object pays for its own.
    bucket_key_enabled = var.key == null ? null : true

    apply_server_side_encryption_by_default {
      kms_master_key_id = var.key
      sse_algorithm     = var.key == null ? "AES256" : "aws:kms"
    }
  }
}

resource "aws_s3_bucket_versioning" "this" {
  count = var.versioned ? 1 : 0

  bucket = aws_s3_bucket.this.id

  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_s3_bucket_policy" "this" {
  bucket = aws_s3_bucket.this.id
  policy = data.aws_iam_policy_document.this.json

  # Both change what a policy may say; S3 answers a conflict when they change at the same time.
  depends_on = [aws_s3_bucket_ownership_controls.this, aws_s3_bucket_public_access_block.this]
}
