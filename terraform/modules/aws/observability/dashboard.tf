# One page: what comes in, what waits, what fails, how long it takes.
resource "aws_cloudwatch_dashboard" "this" {
  dashboard_name = var.prefix
  dashboard_body = jsonencode({
    widgets = [
      for index, widget in concat(local.widgets, local.ledger_widgets) : {
        type   = "metric"
        x      = 12 * (index % 2)
        y      = 6 * floor(index / 2)
        width  = 12
        height = 6
        properties = {
          metrics = widget.metrics
          period  = 60
          region  = data.aws_region.current.region
          stat    = widget.stat
          title   = widget.title
          view    = "timeSeries"
        }
      }
    ]
  })
}

locals {
  widgets = [
    {
      title   = "Requests to ingest"
      stat    = "Sum"
      metrics = [for metric in ["Count", "4xx", "5xx"] : ["AWS/ApiGateway", metric, "ApiId", var.api_id]]
    },
    {
      title   = "Latency of ingest, p99, ms"
      stat    = "p99"
      metrics = [["AWS/ApiGateway", "Latency", "ApiId", var.api_id]]
    },
    {
      title   = "Oldest message, s"
      stat    = "Maximum"
      metrics = [for name in sort(keys(var.queues)) : ["AWS/SQS", "ApproximateAgeOfOldestMessage", "QueueName", var.queues[name].name]]
    },
    {
      title   = "Messages that wait"
      stat    = "Maximum"
      metrics = [for name in sort(keys(var.queues)) : ["AWS/SQS", "ApproximateNumberOfMessagesVisible", "QueueName", var.queues[name].name]]
    },
    {
      title   = "Frames from Google Cloud: time since they were accepted, ms"
      stat    = "Maximum"
      metrics = [["isthmus/${var.prefix}", "bridge_lag"]]
    },
    {
      title   = "Time of the functions' calls, ms"
      stat    = "p99"
      metrics = [for name in sort(keys(var.functions)) : ["AWS/Lambda", "Duration", "FunctionName", "${var.prefix}-${name}"]]
    },
    {
      title   = "Dead letters"
      stat    = "Maximum"
      metrics = [for name in sort(keys(var.queues)) : ["AWS/SQS", "ApproximateNumberOfMessagesVisible", "QueueName", var.queues[name].dead_letter]]
    },
    {
      title   = "Errors of the functions"
      stat    = "Sum"
      metrics = [for name in sort(keys(var.functions)) : ["AWS/Lambda", "Errors", "FunctionName", "${var.prefix}-${name}"]]
    },
    {
      title   = "Calls at a time"
      stat    = "Maximum"
      metrics = [for name in sort(keys(var.functions)) : ["AWS/Lambda", "ConcurrentExecutions", "FunctionName", "${var.prefix}-${name}"]]
    },
  ]
}

# What the ledger says of both archives.
locals {
  ledger_widgets = [
    for title, figure in {
      "Objects that an archive lacks"                  = "missing"
      "Age of the oldest object that it lacks, s"      = "oldest_missing_age"
      "Longest way of a frame into it, last hour's, s" = "lag"
      } : {
      title   = title
      stat    = "Maximum"
      metrics = [for cloud in ["aws", "gcp"] : ["isthmus/${var.prefix}", "replication_${figure}_${cloud}"]]
    } if var.ledger
  ]
}
