# One line a request, with who sent it. Load balancers write under S3's own key and no other.
module "bucket" {
  source = "../bucket"

  force_destroy = !var.deletion_protection
  key           = null
  name          = "front"
  policies      = [data.aws_iam_policy_document.logs.json]
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
      days = var.log_retention_days
    }

    noncurrent_version_expiration {
      noncurrent_days = 1
    }
  }
}

data "aws_iam_policy_document" "logs" {
  statement {
    sid       = "BalancerWrites"
    actions   = ["s3:PutObject"]
    resources = ["${module.bucket.arn}/AWSLogs/${data.aws_caller_identity.current.account_id}/*"]

    principals {
      type        = "Service"
      identifiers = ["logdelivery.elasticloadbalancing.amazonaws.com"]
    }

    # The load balancer needs the policy before it has an ARN of its own.
    condition {
      test     = "ArnLike"
      variable = "aws:SourceArn"
      values = [
        "arn:${data.aws_partition.current.partition}:elasticloadbalancing:${data.aws_region.current.region}:${data.aws_caller_identity.current.account_id}:loadbalancer/app/${var.prefix}-front/*",
      ]
    }
  }
}
