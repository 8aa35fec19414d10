# What the topics say goes through a queue: a chat that is down, or asks for a wait, costs no message.
resource "aws_sns_topic_subscription" "alert" {
  for_each = var.topics

  topic_arn            = each.value
  protocol             = "sqs"
  endpoint             = aws_sqs_queue.alert.arn
  raw_message_delivery = true

  # SNS discards what it can't deliver (a queue or key policy that is wrong), unless it has somewhere to put it.
  redrive_policy = jsonencode({ deadLetterTargetArn = aws_sqs_queue.dead_letter.arn })

  # A subscription ahead of its queue's policy would lose what is published between the two.
  depends_on = [aws_sqs_queue_policy.alert, aws_sqs_queue_policy.dead_letter]
}

locals {
  # Slack twice with a wait between, then a mail server, each at its longest; with room.
  timeout_seconds = 60

  # SQS keeps nothing longer, and in a dead-letter queue a message keeps its first date.
  retention_seconds = 14 * 24 * 60 * 60
}

module "function" {
  source = "../function"

  architecture = var.architecture
  boundary     = var.boundary
  description  = "Tells people of budgets, alarms and drift."
  log_key      = var.log_key
  package      = var.package
  policy       = data.aws_iam_policy_document.work.json
  prefix       = var.prefix
  role         = "alert"

  # One message a call: a slow chat makes no neighbour wait.
  queue    = { arn = aws_sqs_queue.alert.arn, batch_size = 1 }
  settings = { log_retention_days = var.log_retention_days, memory_mb = 256, timeout_seconds = local.timeout_seconds }

  # The secret's name, never its value: neither the state nor the function's settings have it.
  environment_variables = merge(
    {
      ISTHMUS_AWS_REGION   = data.aws_region.current.region
      ISTHMUS_BUCKET       = var.bucket
      ISTHMUS_DLQ          = aws_sqs_queue.dead_letter.url
      ISTHMUS_SLACK_SECRET = var.slack_secret
    },
    var.email == null ? {} : {
      ISTHMUS_EMAILS       = join(",", sort(var.email.recipients))
      ISTHMUS_EMAIL_SENDER = var.email.sender
    },
  )
}

# Mail comes from an address that its owner has confirmed.
resource "aws_sesv2_email_identity" "sender" {
  for_each = var.email == null ? toset([]) : toset([var.email.sender])

  email_identity = each.value
}
