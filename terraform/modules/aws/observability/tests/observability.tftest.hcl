variables {
  archive_log_group = "/aws/lambda/isthmus-test-archive"

  api_id    = "a1b2c3d4"
  emails    = ["platform@example.com"]
  functions = { archive = 30, ingest = 25 }
  key       = "arn:aws:kms:us-east-1:000000000000:key/00000000-0000-0000-0000-000000000000"
  prefix    = "isthmus-test"

  queues = {
    archive = { dead_letter = "isthmus-test-archive-dlq", max_age_seconds = 300, name = "isthmus-test-archive" }
  }
}

run "every_alarm_names_its_runbook" {
  command = plan

  assert {
    condition     = alltrue([for alarm in aws_cloudwatch_metric_alarm.this : can(regex("Runbook: docs/runbooks/[a-z-]+\\.md$", alarm.alarm_description))])
    error_message = "an alarm says nothing of what to do"
  }

  assert {
    condition     = length(aws_cloudwatch_metric_alarm.this) == 10
    error_message = "a queue has not two alarms, a function not three, or the bridge or ingest none"
  }

  assert {
    condition     = alltrue([for alarm in aws_cloudwatch_metric_alarm.this : alarm.evaluation_periods == 2])
    error_message = "somebody is told at another time"
  }
}

run "a_slow_call_and_a_late_frame_are_told_in_time" {
  command = plan

  assert {
    condition     = aws_cloudwatch_metric_alarm.this["archive-duration"].threshold == 24000
    error_message = "four fifths of 30 s, in milliseconds"
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.this["bridge-lag"].threshold == 900000
    error_message = "a quarter of an hour, in milliseconds"
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.this["bridge-lag"].namespace == "isthmus/isthmus-test"
    error_message = "the alarm reads another metric than the filter makes"
  }
}

run "a_latency_that_nobody_waits_for_is_refused" {
  command = plan

  variables {
    latency_ms = 60000
  }

  expect_failures = [var.latency_ms]
}

run "without_objectives_nothing_burns" {
  command = plan

  assert {
    condition     = length(aws_cloudwatch_metric_alarm.burn) + length(aws_cloudwatch_composite_alarm.burn) == 0
    error_message = "an alarm on nothing"
  }
}

run "a_budget_that_burns_is_told_once_both_windows_say_so" {
  command = plan

  variables {
    objectives = {
      alerts = { fast = { burn_rate = 14.4, long_minutes = 60, severity = "page", short_minutes = 5 } }
      slos = {
        availability = { objective = 0.999, requests = { part = "ingest" }, runbook = "docs/runbooks/slo-burn.md", says = "Ingest answers." }
        latency      = { minutes = { above = 60, metric = "isthmus.queue.oldest_age" }, objective = 0.99, runbook = "docs/runbooks/slo-burn.md", says = "No frame waits." }
      }
    }
  }

  assert {
    condition     = keys(aws_cloudwatch_composite_alarm.burn) == ["availability-fast", "latency-fast"]
    error_message = "one alarm an objective and alert tells somebody"
  }

  assert {
    condition     = aws_cloudwatch_composite_alarm.burn["latency-fast"].alarm_rule == "ALARM(\"isthmus-test-slo-latency-fast-long\") AND ALARM(\"isthmus-test-slo-latency-fast-short\")"
    error_message = "both windows"
  }

  assert {
    condition     = alltrue([for alarm in aws_cloudwatch_metric_alarm.burn : alarm.alarm_actions == null])
    error_message = "one window alone tells somebody"
  }

  assert {
    condition     = [for span in ["long", "short"] : [aws_cloudwatch_metric_alarm.burn["latency-fast-${span}"].datapoints_to_alarm, aws_cloudwatch_metric_alarm.burn["latency-fast-${span}"].evaluation_periods]] == [[9, 60], [1, 5]]
    error_message = "14.4 times 1% of an hour are 8.64 minutes, of five minutes 0.72"
  }

  assert {
    condition     = abs(aws_cloudwatch_metric_alarm.burn["availability-fast-long"].threshold - 0.0144) < 0.0000001
    error_message = "14.4 times 0.1% of the requests"
  }

  assert {
    condition     = alltrue([for query in aws_cloudwatch_metric_alarm.burn["availability-fast-short"].metric_query : query.metric[0].period == 300 if query.id != "result"])
    error_message = "the requests of five minutes at once"
  }

  assert {
    condition     = alltrue([for alarm in concat(values(aws_cloudwatch_metric_alarm.burn), values(aws_cloudwatch_composite_alarm.burn)) : endswith(alarm.alarm_description, "Runbook: docs/runbooks/slo-burn.md")])
    error_message = "an alarm says nothing of what to do"
  }
}

run "an_objective_of_what_is_not_measured_here_is_refused" {
  command = plan

  variables {
    objectives = {
      alerts = {}
      slos   = { cost = { minutes = { above = 1, metric = "isthmus.cost.rate" }, objective = 0.99, runbook = "docs/runbooks/slo-burn.md", says = "Cheap." } }
    }
  }

  expect_failures = [var.objectives]
}

run "no_window_is_longer_than_a_day" {
  command = plan

  variables {
    objectives = {
      alerts = { long = { burn_rate = 1, long_minutes = 4320, severity = "ticket", short_minutes = 360 } }
      slos   = {}
    }
  }

  expect_failures = [var.objectives]
}
