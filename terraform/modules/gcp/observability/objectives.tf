# An error budget that burns too fast: over a long window, and still over a short one. One query says both; a minute without a figure is a
# good one.
locals {
  # What the figures of docs/metrics.md are here, for each queue of the event path.
  path = { for name, queue in var.queues : name => queue if contains(["archive", "bridge"], name) }
  figures = {
    "isthmus.queue.dead_letters" = { metric = "num_undelivered_messages", queues = values(local.path)[*].dead_letter }
    "isthmus.queue.oldest_age"   = { metric = "oldest_unacked_message_age", queues = values(local.path)[*].name }
  }

  burns = merge([
    for slo_name, slo in var.objectives.slos : {
      for alert_name, alert in var.objectives.alerts : "${slo_name}-${alert_name}" => { alert = alert, alert_name = alert_name, slo = slo, slo_name = slo_name }
    }
  ]...)

  # The share of what was bad in a window; WINDOW is put in its place below.
  requests = "run_googleapis_com:request_count{monitored_resource=\"cloud_run_revision\",service_name=\"${var.prefix}-ingest\""
  bad = {
    for slo_name, slo in var.objectives.slos : slo_name => slo.minutes == null ? join(" / ", [
      "sum(increase(${local.requests},response_code_class=\"5xx\"}[WINDOWm]))",
      "sum(increase(${local.requests}}[WINDOWm]))",
      ]) : join("", [
      "sum_over_time((max(pubsub_googleapis_com:subscription_${local.figures[slo.minutes.metric].metric}{",
      "monitored_resource=\"pubsub_subscription\",subscription_id=~\"${join("|", local.figures[slo.minutes.metric].queues)}\"",
      "}) > bool ${slo.minutes.above})[WINDOWm:1m]) / WINDOW",
    ])
  }
}

resource "google_monitoring_alert_policy" "burn" {
  for_each = local.burns

  project               = var.project
  display_name          = "${var.prefix}-slo-${each.key}"
  combiner              = "OR"
  notification_channels = local.channels
  severity              = each.value.alert.severity == "page" ? "ERROR" : "WARNING"

  conditions {
    display_name = "The error budget burns more than ${each.value.alert.burn_rate} times too fast."

    condition_prometheus_query_language {
      duration            = "0s"
      evaluation_interval = "60s"

      query = join(" and ", [
        for minutes in [each.value.alert.long_minutes, each.value.alert.short_minutes] :
        "(${replace(local.bad[each.value.slo_name], "WINDOW", tostring(minutes))} > ${format("%.6f", each.value.alert.burn_rate * (1 - each.value.slo.objective))})"
      ])
    }
  }

  documentation {
    content   = "${each.value.slo.says} What to do: ${each.value.slo.runbook}"
    mime_type = "text/markdown"
    subject   = "${var.prefix}-slo-${each.key}"
  }

  user_labels = {
    alert = each.value.alert_name
    slo   = each.value.slo_name
  }

  alert_strategy {
    auto_close = "1800s"
  }
}
