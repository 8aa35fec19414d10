variables {
  alarm_topic = "arn:aws:sns:us-east-1:000000000000:isthmus-test-alarms"
  boundary    = "arn:aws:iam::000000000000:policy/isthmus-test-boundary"
  bucket      = "isthmus-test-archive"
  key         = "arn:aws:kms:us-east-1:000000000000:key/00000000-0000-0000-0000-000000000000"
  log_key     = "arn:aws:kms:us-east-1:000000000000:key/00000000-0000-0000-0000-000000000001"
  package     = "README.md" # any file that is there
  prefix      = "isthmus-test"
  storage_key = "arn:aws:kms:us-east-1:000000000000:key/00000000-0000-0000-0000-000000000002"
}

run "it_writes_days_and_nothing_else" {
  command = plan

  assert {
    condition     = [for s in jsondecode(data.aws_iam_policy_document.archive.json).Statement : s.Resource if s.Sid == "Write"] == ["arn:aws:s3:::isthmus-test-archive/compacted/*"]
    error_message = "it may write frames"
  }

  assert {
    condition     = alltrue([for s in jsondecode(data.aws_iam_policy_document.archive.json).Statement : !strcontains(jsonencode(s.Action), "Delete")])
    error_message = "it may delete"
  }
}

run "every_alarm_names_the_runbook" {
  command = plan

  assert {
    condition     = alltrue([for alarm in [aws_cloudwatch_metric_alarm.stopped, aws_cloudwatch_metric_alarm.too_large] : endswith(alarm.alarm_description, "docs/runbooks/compaction.md")])
    error_message = "an alarm does not say what to do"
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.stopped.treat_missing_data == "breaching" && aws_cloudwatch_metric_alarm.stopped.evaluation_periods * aws_cloudwatch_metric_alarm.stopped.period == 3 * 3600
    error_message = "nobody is told when nothing runs"
  }
}

run "a_larger_day_than_there_is_room_for_is_refused" {
  command = plan

  variables {
    settings = { day_mb = 101 }
  }

  expect_failures = [var.settings]
}
