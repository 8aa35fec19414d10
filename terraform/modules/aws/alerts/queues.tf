resource "aws_sqs_queue" "alert" {
  name                              = "${var.prefix}-alert"
  kms_master_key_id                 = var.key
  kms_data_key_reuse_period_seconds = 300
  message_retention_seconds         = local.retention_seconds
  receive_wait_time_seconds         = 20

  # Lambda's rule: at least six times the function's time-out.
  visibility_timeout_seconds = 6 * local.timeout_seconds

  # With pauses that double up to five minutes: a day of a chat's outage.
  redrive_policy = jsonencode({
    deadLetterTargetArn = aws_sqs_queue.dead_letter.arn
    maxReceiveCount     = 300
  })
}

resource "aws_sqs_queue_policy" "alert" {
  queue_url = aws_sqs_queue.alert.url
  policy    = data.aws_iam_policy_document.queue["alert"].json
}

resource "aws_sqs_queue" "dead_letter" {
  name                              = "${var.prefix}-alert-dlq"
  kms_master_key_id                 = var.key
  kms_data_key_reuse_period_seconds = 300
  message_retention_seconds         = local.retention_seconds
}

resource "aws_sqs_queue_policy" "dead_letter" {
  queue_url = aws_sqs_queue.dead_letter.url
  policy    = data.aws_iam_policy_document.queue["dead_letter"].json
}

resource "aws_sqs_queue_redrive_allow_policy" "dead_letter" {
  queue_url = aws_sqs_queue.dead_letter.url

  redrive_allow_policy = jsonencode({
    redrivePermission = "byQueue"
    sourceQueueArns   = [aws_sqs_queue.alert.arn]
  })
}
