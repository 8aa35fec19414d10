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
