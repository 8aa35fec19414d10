# Alarms on health checks can be told only where their metrics are.
resource "aws_sns_topic" "edge" {
  #checkov:skip=CKV_AWS_26:It says that a cloud is out, which everybody sees; a key would have to be made in us-east-1 for it alone.
  for_each = local.edge
  provider = aws.global

  name = "${var.prefix}-edge"
}

resource "aws_sns_topic_subscription" "email" {
  for_each = local.features.edge ? var.contacts.emails : []
  provider = aws.global

  topic_arn = aws_sns_topic.edge["this"].arn
  protocol  = "email"
  endpoint  = each.value
}

resource "aws_sns_topic_policy" "edge" {
  for_each = aws_sns_topic.edge
  provider = aws.global

  arn    = each.value.arn
  policy = data.aws_iam_policy_document.edge[each.key].json
}

data "aws_iam_policy_document" "edge" {
  for_each = aws_sns_topic.edge

  statement {
    sid       = "Alarms"
    actions   = ["sns:Publish"]
    resources = [each.value.arn]

    principals {
      type        = "Service"
      identifiers = ["cloudwatch.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [var.aws.account_id]
    }
  }

  statement {
    sid       = "TlsOnly"
    effect    = "Deny"
    actions   = ["sns:Publish"]
    resources = [each.value.arn]

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

# Slack is told as of every alarm: by the queue and function of the platform, whose policies name this topic. SNS delivers into another
# region, but keeps what it can't deliver in its own alone.
resource "aws_sns_topic_subscription" "slack" {
  for_each = var.contacts.slack_secret == null ? {} : aws_sns_topic.edge
  provider = aws.global

  topic_arn            = each.value.arn
  protocol             = "sqs"
  endpoint             = "arn:${data.aws_partition.current.partition}:sqs:${var.aws.region}:${var.aws.account_id}:${var.prefix}-alert"
  raw_message_delivery = true

  redrive_policy = var.aws.region != "us-east-1" ? null : jsonencode({
    deadLetterTargetArn = "arn:${data.aws_partition.current.partition}:sqs:${var.aws.region}:${var.aws.account_id}:${var.prefix}-alert-dlq"
  })
}
