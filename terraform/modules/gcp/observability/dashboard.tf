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
        for chart in concat(local.charts, local.ledger_charts) : {
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

# What the ledger says of both archives. The mean of a distribution that a line makes is the line's own figure.
locals {
  ledger_figures = {
    lag                = "longest way of a frame into it, last hour's, seconds"
    missing            = "objects that it lacks"
    oldest-missing-age = "age of the oldest object that it lacks, seconds"
  }

  ledger_charts = [
    for pair in setproduct(keys(local.ledger_figures), ["aws", "gcp"]) : {
      title   = "Archive on ${pair[1] == "aws" ? "AWS" : "Google Cloud"}: ${local.ledger_figures[pair[0]]}"
      by      = "resource.label.service_name"
      aligner = "ALIGN_DELTA"
      reducer = "REDUCE_MEAN"
      filter  = "resource.type=\"cloud_run_revision\" metric.type=\"logging.googleapis.com/user/${var.prefix}-replication-${pair[0]}-${pair[1]}\""
    } if var.ledger
  ]
}
