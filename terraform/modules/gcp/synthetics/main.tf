# Whether senders reach an ingest, asked from outside and through the name: DNS, certificate, load balancer and service in one.
resource "google_monitoring_uptime_check_config" "this" {
  for_each = var.paths

  project            = var.project
  display_name       = "${var.prefix}${each.value}"
  checker_type       = "STATIC_IP_CHECKERS"
  log_check_failures = true
  period             = "${var.every_minutes * 60}s"
  timeout            = "10s"

  http_check {
    path         = each.value
    port         = 443
    use_ssl      = true
    validate_ssl = true
  }

  monitored_resource {
    type = "uptime_url"

    labels = {
      host       = var.domain
      project_id = var.project
    }
  }
}

resource "google_monitoring_notification_channel" "email" {
  for_each = var.emails

  project      = var.project
  display_name = "${var.prefix}: ${each.value}"
  type         = "email"

  labels = {
    email_address = each.value
  }
}

# Two places at once: one alone may have lost its own way.
resource "google_monitoring_alert_policy" "unreachable" {
  for_each = var.paths

  project               = var.project
  display_name          = "${var.prefix}-unreachable ${each.value}"
  combiner              = "OR"
  notification_channels = [for channel in google_monitoring_notification_channel.email : channel.id]
  severity              = "CRITICAL"

  conditions {
    display_name = "https://${var.domain}${each.value} does not answer two places at once."

    condition_threshold {
      comparison      = "COMPARISON_GT"
      duration        = "60s"
      filter          = "resource.type = \"uptime_url\" AND metric.type = \"monitoring.googleapis.com/uptime_check/check_passed\" AND metric.labels.check_id = \"${google_monitoring_uptime_check_config.this[each.value].uptime_check_id}\""
      threshold_value = 1

      aggregations {
        alignment_period     = "1200s"
        cross_series_reducer = "REDUCE_COUNT_FALSE"
        group_by_fields      = ["resource.label.*"]
        per_series_aligner   = "ALIGN_NEXT_OLDER"
      }
    }
  }

  documentation {
    content   = "https://${var.domain}${each.value} does not answer. What to do: docs/runbooks/ingest-unreachable.md"
    mime_type = "text/markdown"
    subject   = "${var.prefix}-unreachable"
  }

  alert_strategy {
    auto_close = "1800s"
  }
}
