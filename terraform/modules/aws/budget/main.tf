data "aws_caller_identity" "current" {}

# Where alerts go that programs read. A chat message is made by whoever subscribes.
resource "aws_sns_topic" "budget" {
  name              = "${var.prefix}-budget"
  kms_master_key_id = var.key
}

resource "aws_sns_topic_policy" "budget" {
  arn    = aws_sns_topic.budget.arn
  policy = data.aws_iam_policy_document.budget.json
}

data "aws_iam_policy_document" "budget" {
  statement {
    sid       = "Budgets"
    actions   = ["sns:Publish"]
    resources = [aws_sns_topic.budget.arn]

    principals {
      type        = "Service"
      identifiers = ["budgets.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [data.aws_caller_identity.current.account_id]
    }
  }

  statement {
    sid       = "TlsOnly"
    effect    = "Deny"
    actions   = ["sns:Publish"]
    resources = [aws_sns_topic.budget.arn]

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

# A budget warns; it stops nothing. Credits count as money, or a trial would look free until its end.
resource "aws_budgets_budget" "this" {
  name         = var.prefix
  budget_type  = "COST"
  limit_amount = tostring(var.monthly_usd)
  limit_unit   = "USD"
  time_unit    = "MONTHLY"

  cost_filter {
    name   = "TagKeyValue"
    values = [format("user:environment$%s", var.environment)]
  }

  cost_types {
    include_credit = false
    include_refund = false
  }

  dynamic "notification" {
    for_each = { 50 = "ACTUAL", 80 = "ACTUAL", 100 = "ACTUAL" }

    content {
      comparison_operator        = "GREATER_THAN"
      notification_type          = notification.value
      subscriber_email_addresses = var.emails
      subscriber_sns_topic_arns  = [aws_sns_topic.budget.arn]
      threshold                  = notification.key
      threshold_type             = "PERCENTAGE"
    }
  }

  # Before it is spent: what the month will come to at this pace.
  notification {
    comparison_operator        = "GREATER_THAN"
    notification_type          = "FORECASTED"
    subscriber_email_addresses = var.emails
    subscriber_sns_topic_arns  = [aws_sns_topic.budget.arn]
    threshold                  = 100
    threshold_type             = "PERCENTAGE"
  }

  # The message itself has no room for it; the budget's page shows it.
  tags = { runbook = "docs/runbooks/budget.md" }

  # Budgets refuses a topic that it can't publish to.
  depends_on = [aws_sns_topic_policy.budget]
}
