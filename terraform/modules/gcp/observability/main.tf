locals {
  window = "${var.window_minutes * 60}s"

  # What is too much, for each function and each subscription. per: how the points of a minute become one figure.
  functions = {
    for role in var.functions : "${role}-errors" => {
      above   = 0
      filter  = "resource.type = \"cloud_run_revision\" AND resource.labels.service_name = \"${var.prefix}-${role}\" AND metric.type = \"run.googleapis.com/request_count\" AND metric.labels.response_code_class = \"5xx\""
      per     = { aligner = "ALIGN_SUM", reducer = "REDUCE_SUM" }
      runbook = role == "ingest" ? "docs/runbooks/ingest-errors.md" : "docs/runbooks/function-errors.md"
      says    = "${role} answered with an error of its own."
    }
  }

  backlog = {
    for name, queue in var.queues : "${name}-backlog" => {
      above   = queue.max_age_seconds
      filter  = "resource.type = \"pubsub_subscription\" AND resource.labels.subscription_id = \"${queue.name}\" AND metric.type = \"pubsub.googleapis.com/subscription/oldest_unacked_message_age\""
      per     = { aligner = "ALIGN_MAX", reducer = "REDUCE_MAX" }
      runbook = "docs/runbooks/queue-backlog.md"
      says    = "A message waits for ${name} for longer than ${queue.max_age_seconds} seconds."
    }
  }

  dead_letters = {
    for name, queue in var.queues : "${name}-dead-letters" => {
      above   = 0
      filter  = "resource.type = \"pubsub_subscription\" AND resource.labels.subscription_id = \"${queue.dead_letter}\" AND metric.type = \"pubsub.googleapis.com/subscription/num_undelivered_messages\""
      per     = { aligner = "ALIGN_MAX", reducer = "REDUCE_MAX" }
      runbook = "docs/runbooks/dead-letters.md"
      says    = "${name} gave a frame up: it is among the dead letters."
    }
  }

  latency = {
    ingest-latency = {
      above   = var.latency_ms
      filter  = "resource.type = \"cloud_run_revision\" AND resource.labels.service_name = \"${var.prefix}-ingest\" AND metric.type = \"run.googleapis.com/request_latencies\""
      per     = { aligner = "ALIGN_PERCENTILE_99", reducer = "REDUCE_MAX" }
      runbook = "docs/runbooks/ingest-errors.md"
      says    = "One request of a hundred takes more than ${var.latency_ms} ms."
    }
  }

  logged = {
    logged-errors = {
      above   = 0
      filter  = "resource.type = \"cloud_run_revision\" AND metric.type = \"logging.googleapis.com/user/${google_logging_metric.errors.name}\""
      per     = { aligner = "ALIGN_DELTA", reducer = "REDUCE_SUM" }
      runbook = "docs/runbooks/function-errors.md"
      says    = "A function logged an error."
    }
  }

  alarms = merge(local.functions, local.backlog, local.dead_letters, local.latency, local.logged)
}

resource "google_monitoring_alert_policy" "this" {
  for_each = local.alarms

  project               = var.project
  display_name          = "${var.prefix}-${each.key}"
  combiner              = "OR"
  notification_channels = concat([google_monitoring_notification_channel.topic.id], [for channel in google_monitoring_notification_channel.email : channel.id])
  severity              = endswith(each.key, "-dead-letters") ? "WARNING" : "ERROR"

  conditions {
    display_name = each.value.says

    condition_threshold {
      comparison      = "COMPARISON_GT"
      duration        = local.window
      filter          = each.value.filter
      threshold_value = each.value.above

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

# What the functions say of themselves, as figures: one line a call, with how it ended and how long it took.
resource "google_logging_metric" "errors" {
  project     = var.project
  name        = "${var.prefix}-errors"
  description = "Errors that the functions logged, by role."
  filter      = "resource.type=\"cloud_run_revision\" AND resource.labels.service_name=~\"^${var.prefix}-\" AND severity>=ERROR"

  label_extractors = {
    role = "EXTRACT(jsonPayload.role)"
  }

  metric_descriptor {
    metric_kind = "DELTA"
    value_type  = "INT64"

    labels {
      key         = "role"
      description = "archive, bridge or ingest."
      value_type  = "STRING"
    }
  }
}

resource "google_logging_metric" "milliseconds" {
  project         = var.project
  name            = "${var.prefix}-milliseconds"
  description     = "How long a call took inside the function."
  filter          = "resource.type=\"cloud_run_revision\" AND resource.labels.service_name=~\"^${var.prefix}-\" AND jsonPayload.ms>=0"
  value_extractor = "EXTRACT(jsonPayload.ms)"

  label_extractors = {
    role = "EXTRACT(jsonPayload.role)"
  }

  metric_descriptor {
    metric_kind = "DELTA"
    unit        = "ms"
    value_type  = "DISTRIBUTION"

    labels {
      key         = "role"
      description = "archive, bridge or ingest."
      value_type  = "STRING"
    }
  }

  bucket_options {
    exponential_buckets {
      growth_factor      = 2
      num_finite_buckets = 16
      scale              = 1
    }
  }
}
