locals {
  channels = concat([google_monitoring_notification_channel.topic.id], [for channel in google_monitoring_notification_channel.email : channel.id])
}

resource "google_monitoring_alert_policy" "this" {
  for_each = local.alarms

  project               = var.project
  display_name          = "${var.prefix}-${each.key}"
  combiner              = "OR"
  notification_channels = local.channels
  severity              = endswith(each.key, "-dead-letters") ? "WARNING" : "ERROR"

  conditions {
    display_name = each.value.says

    condition_threshold {
      comparison              = "COMPARISON_GT"
      duration                = local.window
      evaluation_missing_data = "EVALUATION_MISSING_DATA_INACTIVE" # a minute in which nothing happened is a good one, as on AWS
      filter                  = each.value.filter
      threshold_value         = each.value.above

      aggregations {
        alignment_period     = "60s"
        cross_series_reducer = each.value.per.reducer
        per_series_aligner   = each.value.per.aligner
      }
    }
  }

  documentation {
    content   = "${each.value.says} What to do: ${each.value.runbook}"
    mime_type = "text/markdown"
    subject   = "${var.prefix}-${each.key}"
  }

  alert_strategy {
    auto_close = "1800s"
  }
}

resource "google_monitoring_alert_policy" "logged" {
  for_each = local.lines

  project               = var.project
  display_name          = "${var.prefix}-${each.key}"
  combiner              = "OR"
  notification_channels = local.channels
  severity              = "ERROR"

  conditions {
    display_name = each.value.says

    condition_matched_log {
      filter = each.value.filter
    }
  }

  documentation {
    content   = "${each.value.says} What to do: ${each.value.runbook}"
    mime_type = "text/markdown"
    subject   = "${var.prefix}-${each.key}"
  }

  # One line is enough to tell; a thousand of them tell no more.
  alert_strategy {
    auto_close = "1800s"

    notification_rate_limit {
      period = "300s"
    }
  }
}

moved {
  from = google_monitoring_alert_policy.this["logged-errors"]
  to   = google_monitoring_alert_policy.logged["logged-errors"]
}
