# The other way, from Cloud Storage to here. DataSync reads Cloud Storage with an HMAC key and nothing else: the one lasting credential of
# the whole, so it is off unless asked, and Terraform never sees it: who has the key makes the source location by hand, once (ADR 5).
data "aws_caller_identity" "current" {}

resource "aws_datasync_location_s3" "archive" {
  count = var.datasync == null ? 0 : 1

  s3_bucket_arn = var.bucket_arn
  subdirectory  = "/events/"

  s3_config {
    bucket_access_role_arn = aws_iam_role.datasync[0].arn
  }

  # DataSync tries the bucket with the role when the location is made.
  depends_on = [aws_iam_role_policy.datasync]
}

# Only what is missing: an object that is here is never written over, and none is deleted.
resource "aws_datasync_task" "archive" {
  count = length(aws_datasync_location_s3.archive)

  name                     = "${var.prefix}-replication"
  cloudwatch_log_group_arn = aws_cloudwatch_log_group.datasync[0].arn
  destination_location_arn = aws_datasync_location_s3.archive[0].arn
  source_location_arn      = var.datasync.source_location

  options {
    gid                    = "NONE"
    log_level              = "BASIC"
    object_tags            = "NONE" # Cloud Storage has none to read, and DataSync fails where it is asked to
    overwrite_mode         = "NEVER"
    posix_permissions      = "NONE"
    preserve_deleted_files = "PRESERVE"
    transfer_mode          = "CHANGED"
    uid                    = "NONE"
    verify_mode            = "ONLY_FILES_TRANSFERRED"
  }

  schedule {
    schedule_expression = var.datasync.schedule
  }

  # Without it the task is made, and logs nothing.
  depends_on = [aws_cloudwatch_log_resource_policy.datasync]
}

resource "aws_iam_role" "datasync" {
  count = var.datasync == null ? 0 : 1

  name                 = "${var.prefix}-datasync"
  description          = "What DataSync writes the archive as."
  assume_role_policy   = data.aws_iam_policy_document.datasync_trust.json
  permissions_boundary = var.boundary
}

resource "aws_iam_role_policy" "datasync" {
  count = length(aws_iam_role.datasync)

  name   = "write"
  role   = aws_iam_role.datasync[0].name
  policy = data.aws_iam_policy_document.write.json
}

data "aws_iam_policy_document" "datasync_trust" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["datasync.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [data.aws_caller_identity.current.account_id]
    }
  }
}

data "aws_iam_policy_document" "write" {
  statement {
    sid       = "List"
    actions   = ["s3:GetBucketLocation", "s3:ListBucket", "s3:ListBucketMultipartUploads"]
    resources = [var.bucket_arn]
  }

  statement {
    sid       = "Write"
    actions   = ["s3:AbortMultipartUpload", "s3:GetObject", "s3:GetObjectTagging", "s3:ListMultipartUploadParts", "s3:PutObject"]
    resources = ["${var.bucket_arn}/events/*"]
  }

  statement {
    sid       = "Key"
    actions   = ["kms:Decrypt", "kms:GenerateDataKey"]
    resources = [var.key]
  }
}
