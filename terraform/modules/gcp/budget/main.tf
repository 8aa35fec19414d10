# Where alerts go that a person must read.
resource "google_monitoring_notification_channel" "email" {
  for_each = var.emails

  project      = var.project
  display_name = "${var.prefix}: budget, ${each.value}"
  description  = "What to do: docs/runbooks/budget.md"
  type         = "email"

  labels = {
    email_address = each.value
  }
}

# Where programs read them: each alert with what was spent and what was budgeted. A chat message is made by whoever subscribes.
resource "google_pubsub_topic" "budget" {
  project      = var.project
  name         = "${var.prefix}-budget"
  kms_key_name = var.key

  message_storage_policy {
    allowed_persistence_regions = [var.region]
  }
}

# Cloud Billing publishes as one account for everybody: it may publish here, and see nothing.
resource "google_pubsub_topic_iam_member" "billing" {
  project = var.project
  topic   = google_pubsub_topic.budget.name
  role    = "roles/pubsub.publisher"
  member  = "serviceAccount:billing-budget-alert@system.gserviceaccount.com"
}

# A budget warns; it stops nothing. Credits count as money, or a trial would look free until its end.
resource "google_billing_budget" "this" {
  billing_account = var.billing_account
  display_name    = var.prefix

  budget_filter {
    calendar_period        = "MONTH"
    credit_types_treatment = "EXCLUDE_ALL_CREDITS"
    projects               = ["projects/${var.project_number}"]
  }

  amount {
    specified_amount {
      currency_code = "USD"
      units         = tostring(var.monthly_usd)
    }
  }

  dynamic "threshold_rules" {
    for_each = [0.5, 0.8, 1]

    content {
      spend_basis       = "CURRENT_SPEND"
      threshold_percent = threshold_rules.value
    }
  }

  # Before it is spent: what the month will come to at this pace.
  threshold_rules {
    spend_basis       = "FORECASTED_SPEND"
    threshold_percent = 1
  }

  all_updates_rule {
    disable_default_iam_recipients   = length(var.emails) > 0
    monitoring_notification_channels = [for channel in google_monitoring_notification_channel.email : channel.id]
    pubsub_topic                     = google_pubsub_topic.budget.id
  }

  depends_on = [google_pubsub_topic_iam_member.billing]
}
