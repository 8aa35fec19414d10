locals {
  filters = {
    for name, consumer in var.consumers : name => {
      for attribute in ["origin", "type"] : attribute => [consumer[attribute]] if consumer[attribute] != null
    }
  }
}

resource "aws_sns_topic" "events" {
  name              = "${var.prefix}-events"
  kms_master_key_id = var.key
  signature_version = 2
}

resource "aws_sns_topic_policy" "events" {
  arn    = aws_sns_topic.events.arn
  policy = data.aws_iam_policy_document.topic.json
}

resource "aws_sns_topic_subscription" "consumer" {
  for_each = var.consumers

  topic_arn            = aws_sns_topic.events.arn
  protocol             = "sqs"
  endpoint             = aws_sqs_queue.consumer[each.key].arn
  raw_message_delivery = true

  # A consumer with an origin sees only the frames that its own cloud held first: what was bridged is never bridged back.
  filter_policy       = local.filters[each.key] == {} ? null : jsonencode(local.filters[each.key])
  filter_policy_scope = local.filters[each.key] == {} ? null : "MessageAttributes"

  # SNS discards what it can't deliver (a queue or key policy that is wrong), unless it has somewhere to put it.
  redrive_policy = jsonencode({ deadLetterTargetArn = aws_sqs_queue.dead_letter[each.key].arn })

  # A subscription ahead of its queue's policy would lose what is published between the two.
  depends_on = [aws_sqs_queue_policy.consumer, aws_sqs_queue_policy.dead_letter]
}
