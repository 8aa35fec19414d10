locals {
  # Where the way out of an alarm is written. A test holds that each file is there.
  runbooks = {
    api      = "docs/runbooks/ingest-errors.md"
    bridge   = "docs/runbooks/bridge-lag.md"
    dead     = "docs/runbooks/dead-letters.md"
    function = "docs/runbooks/function-errors.md"
    queue    = "docs/runbooks/queue-backlog.md"
    slow     = "docs/runbooks/function-duration.md"
  }

  # One alarm an entry: what is measured, when it is too much, and what to do.
  alarms = merge(
    { for name, queue in var.queues : "${name}-backlog" => {
      dimensions = { QueueName = queue.name }
      metric     = "ApproximateAgeOfOldestMessage"
      namespace  = "AWS/SQS"
      statistic  = "Maximum"
      runbook    = local.runbooks.queue
      says       = "The oldest message of ${queue.name} waits for more than ${queue.max_age_seconds} s."
      threshold  = queue.max_age_seconds
    } },
    { for name, queue in var.queues : "${name}-dead-letters" => {
      dimensions = { QueueName = queue.dead_letter }
      metric     = "ApproximateNumberOfMessagesVisible"
      namespace  = "AWS/SQS"
      statistic  = "Maximum"
      runbook    = local.runbooks.dead
      says       = "There are dead letters in ${queue.dead_letter}."
      threshold  = 0
    } },
    { for name, timeout_seconds in var.functions : "${name}-duration" => {
      dimensions = { FunctionName = "${var.prefix}-${name}" }
      metric     = "Duration"
      namespace  = "AWS/Lambda"
      statistic  = "Maximum"
      runbook    = local.runbooks.slow
      says       = "A call of ${var.prefix}-${name} takes more than four fifths of its ${timeout_seconds} s."
      threshold  = 800 * timeout_seconds
    } },
    { for name, _ in var.functions : "${name}-errors" => {
      dimensions = { FunctionName = "${var.prefix}-${name}" }
      metric     = "Errors"
      namespace  = "AWS/Lambda"
      statistic  = "Sum"
      runbook    = local.runbooks.function
      says       = "Calls of ${var.prefix}-${name} end in an error."
      threshold  = 0
    } },
    { for name, _ in var.functions : "${name}-throttles" => {
      dimensions = { FunctionName = "${var.prefix}-${name}" }
      metric     = "Throttles"
      namespace  = "AWS/Lambda"
      statistic  = "Sum"
      runbook    = local.runbooks.function
      says       = "Calls of ${var.prefix}-${name} are refused for want of concurrency."
      threshold  = 0
    } },
    { bridge-lag = {
      dimensions = {}
      metric     = aws_cloudwatch_log_metric_filter.bridge_lag.metric_transformation[0].name
      namespace  = aws_cloudwatch_log_metric_filter.bridge_lag.metric_transformation[0].namespace
      statistic  = "Maximum"
      runbook    = local.runbooks.bridge
      says       = "A frame came from Google Cloud more than ${var.bridge_lag_seconds} s after it was accepted there."
      threshold  = 1000 * var.bridge_lag_seconds
    } },
    { ingest-5xx = {
      dimensions = { ApiId = var.api_id }
      metric     = "5xx"
      namespace  = "AWS/ApiGateway"
      statistic  = "Sum"
      runbook    = local.runbooks.api
      says       = "Ingest answers with 5xx."
      threshold  = 0
    } },
  )
}

# Every call of archive says how old the oldest frame of each origin was. The age of what Google Cloud held first is the bridge's lag. A
# bridge that stands still brings nothing to measure: that is the backlog of its queue, over there.
resource "aws_cloudwatch_log_metric_filter" "bridge_lag" {
  name           = "${var.prefix}-bridge-lag"
  log_group_name = var.archive_log_group
  pattern        = "{ $.age_ms.gcp >= 0 }"

  metric_transformation {
    name      = "bridge_lag"
    namespace = "isthmus/${var.prefix}"
    unit      = "Milliseconds"
    value     = "$.age_ms.gcp"
  }
}
