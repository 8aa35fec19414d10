locals {
  # A chart each; by: the label that its lines are told apart by.
  charts = [
    { title = "Requests a second", by = "resource.label.service_name", aligner = "ALIGN_RATE", reducer = "REDUCE_SUM", filter = "resource.type=\"cloud_run_revision\" resource.label.service_name=starts_with(\"${var.prefix}-\") metric.type=\"run.googleapis.com/request_count\"" },
    { title = "Errors", by = "metric.label.role", aligner = "ALIGN_DELTA", reducer = "REDUCE_SUM", filter = "resource.type=\"cloud_run_revision\" metric.type=\"logging.googleapis.com/user/${google_logging_metric.errors.name}\"" },
    { title = "Milliseconds, 99 of 100", by = "resource.label.service_name", aligner = "ALIGN_PERCENTILE_99", reducer = "REDUCE_MAX", filter = "resource.type=\"cloud_run_revision\" resource.label.service_name=starts_with(\"${var.prefix}-\") metric.type=\"run.googleapis.com/request_latencies\"" },
    { title = "Frames from AWS: milliseconds since they were accepted", by = "resource.label.service_name", aligner = "ALIGN_PERCENTILE_99", reducer = "REDUCE_MAX", filter = "resource.type=\"cloud_run_revision\" metric.type=\"logging.googleapis.com/user/${google_logging_metric.bridge_lag.name}\"" },
    { title = "Oldest message, seconds", by = "resource.label.subscription_id", aligner = "ALIGN_MAX", reducer = "REDUCE_MAX", filter = "resource.type=\"pubsub_subscription\" resource.label.subscription_id=starts_with(\"${var.prefix}-\") metric.type=\"pubsub.googleapis.com/subscription/oldest_unacked_message_age\"" },
    { title = "Messages that wait", by = "resource.label.subscription_id", aligner = "ALIGN_MAX", reducer = "REDUCE_MAX", filter = "resource.type=\"pubsub_subscription\" resource.label.subscription_id=starts_with(\"${var.prefix}-\") metric.type=\"pubsub.googleapis.com/subscription/num_undelivered_messages\"" },
    { title = "Instances", by = "resource.label.service_name", aligner = "ALIGN_MAX", reducer = "REDUCE_SUM", filter = "resource.type=\"cloud_run_revision\" resource.label.service_name=starts_with(\"${var.prefix}-\") metric.type=\"run.googleapis.com/container/instance_count\"" },
  ]
}

resource "google_monitoring_dashboard" "this" {
  project = var.project

  dashboard_json = jsonencode({
    displayName = var.prefix
    gridLayout = {
      columns = "2"
      widgets = [
        for chart in local.charts : {
          title = chart.title
          xyChart = {
            dataSets = [{
              plotType = "LINE"
              timeSeriesQuery = {
                timeSeriesFilter = {
                  filter = chart.filter
                  aggregation = {
                    alignmentPeriod    = "60s"
                    crossSeriesReducer = chart.reducer
                    groupByFields      = [chart.by]
                    perSeriesAligner   = chart.aligner
                  }
                }
              }
            }]
          }
        }
      ]
    }
  })
}
