# Runs that could not begin or failed. The alarm compaction-stopped tells of them; here is why.
resource "aws_sqs_queue" "dead_letter" {
  name                              = "${var.prefix}-compact-dlq"
  kms_master_key_id                 = var.key
  kms_data_key_reuse_period_seconds = 300
  message_retention_seconds         = 14 * 24 * 60 * 60
}

# They come from a schedule and a function: no queue redrives here.
resource "aws_sqs_queue_redrive_allow_policy" "dead_letter" {
  queue_url            = aws_sqs_queue.dead_letter.url
  redrive_allow_policy = jsonencode({ redrivePermission = "denyAll" })
}

resource "aws_sqs_queue_policy" "dead_letter" {
  queue_url = aws_sqs_queue.dead_letter.url
  policy    = data.aws_iam_policy_document.queue.json
}

data "aws_iam_policy_document" "queue" {
  statement {
    sid       = "TlsOnly"
    effect    = "Deny"
    actions   = ["sqs:*"]
    resources = [aws_sqs_queue.dead_letter.arn]

    principals {
      type        = "*"
      identifiers = ["*"]
    }

    condition {
      test     = "Bool"
      variable = "aws:SecureTransport"
      values   = ["false"]
    }
  }
}
