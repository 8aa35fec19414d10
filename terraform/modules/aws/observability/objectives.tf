# An error budget that burns too fast: an alarm on a long window, one on a short one, and one that both must be in, which alone tells
# anybody. A share of minutes is counted as "M bad ones out of N"; a minute without a figure is a good one.
locals {
  # What the figures of docs/metrics.md are here, for each queue of the event path.
  path = { for name, queue in var.queues : name => queue if contains(["archive", "bridge"], name) }
  figures = {
    "isthmus.queue.dead_letters" = { metric = "ApproximateNumberOfMessagesVisible", queues = values(local.path)[*].dead_letter }
    "isthmus.queue.oldest_age"   = { metric = "ApproximateAgeOfOldestMessage", queues = values(local.path)[*].name }
  }

  burns = merge([
    for slo_name, slo in var.objectives.slos : {
      for alert_name, alert in var.objectives.alerts : "${slo_name}-${alert_name}" => { alert = alert, slo = slo }
    }
  ]...)

  windows = merge([
    for name, burn in local.burns : {
      for span, minutes in { long = burn.alert.long_minutes, short = burn.alert.short_minutes } : "${name}-${span}" => {
        counted                   = burn.slo.minutes == null ? 1 : minutes
        bad                       = burn.slo.minutes == null ? 1 : floor(burn.alert.burn_rate * (1 - burn.slo.objective) * minutes + 0.000000001) + 1
        minutes                   = minutes
        rate                      = burn.alert.burn_rate
        slo                       = burn.slo
        threshold                 = burn.slo.minutes == null ? burn.alert.burn_rate * (1 - burn.slo.objective) : burn.slo.minutes.above
      }
    }
  ]...)

  # What is read for each window: requests and errors of a whole window at once, or each queue's figure minute by minute.
  measured = {
    for name, window in local.windows : name => window.slo.minutes == null ? {
      bad   = { dimensions = { ApiId = var.api_id }, metric = "5xx", namespace = "AWS/ApiGateway", period = 60 * window.minutes, stat = "Sum" }
      total = { dimensions = { ApiId = var.api_id }, metric = "Count", namespace = "AWS/ApiGateway", period = 60 * window.minutes, stat = "Sum" }
      } : {
      for index, queue in local.figures[window.slo.minutes.metric].queues : "m${index}" => {
        dimensions = { QueueName = queue }
        metric     = local.figures[window.slo.minutes.metric].metric
        namespace  = "AWS/SQS"
        period     = 60
        stat       = "Maximum"
      }
    }
  }
}

resource "aws_cloudwatch_metric_alarm" "burn" {
  for_each = local.windows

  alarm_name          = "${var.prefix}-slo-${each.key}"
  alarm_description   = "The error budget burns more than ${each.value.rate} times too fast over ${each.value.minutes} minutes. Runbook: ${each.value.slo.runbook}"
  comparison_operator = "GreaterThanThreshold"
  datapoints_to_alarm = each.value.bad
  evaluation_periods  = each.value.counted
  threshold           = each.value.threshold
  treat_missing_data  = "notBreaching"

  metric_query {
    id          = "result"
    expression  = each.value.slo.minutes == null ? "IF(total > 0, FILL(bad, 0) / total, 0)" : "MAX(FILL(METRICS(), 0))"
    label       = each.value.slo.minutes == null ? "share of bad requests" : "the worst queue's"
    return_data = true
  }

  dynamic "metric_query" {
    for_each = local.measured[each.key]

    content {
      id = metric_query.key

      metric {
        dimensions  = metric_query.value.dimensions
        metric_name = metric_query.value.metric
        namespace   = metric_query.value.namespace
        period      = metric_query.value.period
        stat        = metric_query.value.stat
      }
    }
  }
}

resource "aws_cloudwatch_composite_alarm" "burn" {
  for_each = local.burns

  alarm_name        = "${var.prefix}-slo-${each.key}"
  alarm_actions     = [aws_sns_topic.alarms.arn]
  alarm_description = "${each.value.alert.severity}: ${each.value.slo.says} Its error budget burns more than ${each.value.alert.burn_rate} times too fast. Runbook: ${each.value.slo.runbook}"
  alarm_rule        = join(" AND ", [for span in ["long", "short"] : "ALARM(\"${aws_cloudwatch_metric_alarm.burn["${each.key}-${span}"].alarm_name}\")"])
  ok_actions        = [aws_sns_topic.alarms.arn]
}
