locals {
  runbook = "docs/runbooks/compaction.md"
  hours   = 3 * var.settings.every_hours
  says = {
    stopped   = "No run of the compaction was whole for ${local.hours} hours: the Parquet tables grow old."
    too_large = "A day of events is too large for the service that writes it as Parquet."
  }
}

resource "google_monitoring_alert_policy" "too_large" {
  project               = var.project
  display_name          = "${var.prefix}-compaction-too-large"
  combiner              = "OR"
  notification_channels = var.channels
  severity              = "ERROR"

  conditions {
    display_name = local.says.too_large

    condition_matched_log {
      filter = "resource.type=\"cloud_run_revision\" AND resource.labels.service_name=\"${module.function.name}\" AND jsonPayload.too_large>0"
    }
  }

  documentation {
    content   = "${local.says.too_large} What to do: ${local.runbook}"
    mime_type = "text/markdown"
    subject   = "${var.prefix}-compaction-too-large"
  }

  # Over as soon as two runs say nothing more of it.
  alert_strategy {
    auto_close = "${7200 * var.settings.every_hours}s"

    notification_rate_limit {
      period = "3600s"
    }
  }
}

# It fails, can't finish, or does not run: the Parquet tables grow old, and nothing else says so. A whole run is answered with 204.
resource "google_monitoring_alert_policy" "stopped" {
  project               = var.project
  display_name          = "${var.prefix}-compaction-stopped"
  combiner              = "OR"
  notification_channels = var.channels
  severity              = "ERROR"

  conditions {
    display_name = local.says.stopped

    condition_prometheus_query_language {
      duration            = "0s"
      evaluation_interval = "60s"
      query               = "(sum(increase(run_googleapis_com:request_count{monitored_resource=\"cloud_run_revision\",service_name=\"${module.function.name}\",response_code_class=\"2xx\"}[${60 * local.hours}m])) or vector(0)) < 1"
    }
  }

  documentation {
    content   = "${local.says.stopped} What to do: ${local.runbook}"
    mime_type = "text/markdown"
    subject   = "${var.prefix}-compaction-stopped"
  }

  alert_strategy {
    auto_close = "${7200 * var.settings.every_hours}s"
  }
}
