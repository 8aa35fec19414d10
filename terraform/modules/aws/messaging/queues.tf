locals {
  # SQS keeps nothing longer, and in a dead-letter queue a message keeps its first date.
  retention_seconds = 14 * 24 * 60 * 60
}

resource "aws_sqs_queue" "consumer" {
  for_each = var.consumers

  name                              = "${var.prefix}-${each.key}"
  kms_master_key_id                 = var.key
  kms_data_key_reuse_period_seconds = 300
  message_retention_seconds         = local.retention_seconds
  receive_wait_time_seconds         = 20

  # Lambda's rule: at least six times the function's time-out, and the batch window on top.
  visibility_timeout_seconds = 6 * each.value.timeout_seconds + each.value.batch_window_seconds

  redrive_policy = jsonencode({
    deadLetterTargetArn = aws_sqs_queue.dead_letter[each.key].arn
    maxReceiveCount     = each.value.max_attempts
  })
}

resource "aws_sqs_queue_policy" "consumer" {
  for_each = var.consumers

  queue_url = aws_sqs_queue.consumer[each.key].url
  policy    = data.aws_iam_policy_document.queue[each.key].json
}

resource "aws_sqs_queue" "dead_letter" {
  for_each = var.consumers

  name                              = "${var.prefix}-${each.key}-dlq"
  kms_master_key_id                 = var.key
  kms_data_key_reuse_period_seconds = 300
  message_retention_seconds         = local.retention_seconds
}

resource "aws_sqs_queue_policy" "dead_letter" {
  for_each = var.consumers

  queue_url = aws_sqs_queue.dead_letter[each.key].url
  policy    = data.aws_iam_policy_document.queue["${each.key}-dlq"].json
}

resource "aws_sqs_queue_redrive_allow_policy" "dead_letter" {
  for_each = var.consumers

  queue_url = aws_sqs_queue.dead_letter[each.key].url

  redrive_allow_policy = jsonencode({
    redrivePermission = "byQueue"
    sourceQueueArns   = [aws_sqs_queue.consumer[each.key].arn]
  })
}
