locals {
  runbook = "docs/runbooks/replication-gap.md"
  names   = { aws = "The archive on AWS", gcp = "The archive on Google Cloud" }
  service = "resource.type=\"cloud_run_revision\" AND resource.labels.service_name=\"${module.function.name}\""

  # Every comparison is one line of the log. Each figure that it has of an archive, by a name for people.
  figures = merge(
    { for pair in setproduct(["lag", "missing", "oldest_missing_age"], keys(local.names)) : "${pair[0]}_${pair[1]}" => {
      unit  = pair[0] == "missing" ? "1" : "s"
      value = "jsonPayload.${pair[0]}.${pair[1]}"
    } },
    { corrupt = { unit = "1", value = "jsonPayload.corrupt" } },
  )

  # An object is missing for longer than is promised exactly when the oldest missing one is older than that.
  alarms = merge(
    { for cloud, name in local.names : "missing-${cloud}" => {
      filter = "jsonPayload.oldest_missing_age.${cloud}>${var.settings.rpo_seconds}"
      says   = "${name} lacks an object that the other one has had for more than ${var.settings.rpo_seconds} s."
    } },
    { for cloud, name in local.names : "lag-${cloud}" => {
      filter = "jsonPayload.lag.${cloud}>${var.settings.lag_seconds}"
      says   = "${name} got a frame more than ${var.settings.lag_seconds} s after it was accepted."
    } },
    { corrupt = {
      filter = "jsonPayload.corrupt>0"
      says   = "The archives have an object of one key with other contents."
    } },
  )

  # Over as soon as two comparisons say nothing more of it; Cloud Monitoring's shortest is half an hour.
  auto_close = "${max(1800, 120 * var.settings.every_minutes)}s"
}

resource "google_logging_metric" "figure" {
  for_each = local.figures

  project         = var.project
  name            = "${var.prefix}-replication-${replace(each.key, "_", "-")}"
  description     = "What the ledger says of the archives: ${replace(each.key, "_", " ")}."
  filter          = "${local.service} AND ${each.value.value}>=0"
  value_extractor = "EXTRACT(${each.value.value})"

  metric_descriptor {
    metric_kind = "DELTA"
    unit        = each.value.unit
    value_type  = "DISTRIBUTION"
  }

  bucket_options {
    exponential_buckets {
      growth_factor      = 2
      num_finite_buckets = 24
      scale              = 1
    }
  }
}

# By the line itself and not by a metric of the logs: Cloud Monitoring knows a new one only after minutes, and refuses a policy on it until
# then (terraform-provider-google issue 11102).
resource "google_monitoring_alert_policy" "figure" {
  for_each = local.alarms

  project               = var.project
  display_name          = "${var.prefix}-replication-${each.key}"
  combiner              = "OR"
  notification_channels = var.channels
  severity              = "ERROR"

  conditions {
    display_name = each.value.says

    condition_matched_log {
      filter = "${local.service} AND ${each.value.filter}"
    }
  }

  documentation {
    content   = "${each.value.says} What to do: ${local.runbook}"
    mime_type = "text/markdown"
    subject   = "${var.prefix}-replication-${each.key}"
  }

  alert_strategy {
    auto_close = local.auto_close

    notification_rate_limit {
      period = "300s"
    }
  }
}

# Nothing that is missing can be told of when nothing is compared: an archive can't be listed, or the service stands still. It answers 204
# when it has compared.
resource "google_monitoring_alert_policy" "unknown" {
  project               = var.project
  display_name          = "${var.prefix}-replication-unknown"
  combiner              = "OR"
  notification_channels = var.channels
  severity              = "ERROR"

  conditions {
    display_name = "The archives were not compared for ${3 * var.settings.every_minutes} minutes."

    condition_prometheus_query_language {
      duration            = "0s"
      evaluation_interval = "60s"
      query               = "(sum(increase(run_googleapis_com:request_count{monitored_resource=\"cloud_run_revision\",service_name=\"${module.function.name}\",response_code_class=\"2xx\"}[${3 * var.settings.every_minutes}m])) or vector(0)) < 1"
    }
  }

  documentation {
    content   = "The archives were not compared for ${3 * var.settings.every_minutes} minutes: what is missing is not known. What to do: ${local.runbook}"
    mime_type = "text/markdown"
    subject   = "${var.prefix}-replication-unknown"
  }

  alert_strategy {
    auto_close = local.auto_close
  }
}
