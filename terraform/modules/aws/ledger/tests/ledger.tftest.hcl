variables {
  alarm_topic  = "arn:aws:sns:us-east-1:000000000000:isthmus-test-alarms"
  boundary     = "arn:aws:iam::000000000000:policy/isthmus-test-boundary"
  bucket       = "isthmus-test-archive"
  key          = "arn:aws:kms:us-east-1:000000000000:key/00000000-0000-0000-0000-000000000000"
  log_key      = "arn:aws:kms:us-east-1:000000000000:key/00000000-0000-0000-0000-000000000001"
  other_bucket = "isthmus-test-archive-google"
  package      = "README.md" # any file that is there
  prefix       = "isthmus-test"
}

run "every_alarm_names_the_runbook_and_a_figure_that_is_made" {
  command = plan

  assert {
    condition     = length(output.alarms) == 6 && alltrue([for alarm in concat(values(aws_cloudwatch_metric_alarm.figure), [aws_cloudwatch_metric_alarm.unknown]) : endswith(alarm.alarm_description, "docs/runbooks/replication-gap.md")])
    error_message = "an alarm does not say what to do"
  }

  assert {
    condition     = toset([for filter in aws_cloudwatch_log_metric_filter.figure : filter.metric_transformation[0].name]) == toset(["replication_corrupt", "replication_lag_aws", "replication_lag_gcp", "replication_missing_aws", "replication_missing_gcp", "replication_oldest_missing_age_aws", "replication_oldest_missing_age_gcp"])
    error_message = "the figures of docs/metrics.md"
  }
}

run "a_function_that_stands_still_is_an_alarm" {
  command = plan

  assert {
    condition     = aws_cloudwatch_metric_alarm.unknown.treat_missing_data == "breaching" && aws_cloudwatch_metric_alarm.unknown.threshold == 1 && aws_cloudwatch_metric_alarm.unknown.evaluation_periods * aws_cloudwatch_metric_alarm.unknown.period == 45 * 60
    error_message = "nobody is told when nothing is compared"
  }

  assert {
    condition     = alltrue([for alarm in aws_cloudwatch_metric_alarm.figure : alarm.treat_missing_data == "ignore"])
    error_message = "an alarm would end because nothing was compared"
  }
}

run "it_lists_and_reads_no_object" {
  command = plan

  assert {
    condition     = jsondecode(data.aws_iam_policy_document.list.json).Statement[0].Action == "s3:ListBucket" && toset(jsondecode(data.aws_iam_policy_document.list.json).Statement[0].Condition.StringLike["s3:prefix"]) == toset(["events/*", "quarantine/*"])
    error_message = "it may do more than list what both archives must have"
  }

  assert {
    condition     = length(aws_iam_role.google) == 0
    error_message = "a role that trusts nobody yet"
  }
}

run "the_other_ledger_becomes_a_role_that_lists" {
  command = plan

  variables {
    other_ledger = "100000000000000000007"
  }

  assert {
    condition     = aws_iam_role.google[0].name == "isthmus-test-google-ledger" && jsondecode(aws_iam_role_policy.google[0].policy) == jsondecode(data.aws_iam_policy_document.list.json)
    error_message = "it may do more than list"
  }

  assert {
    condition     = jsondecode(aws_iam_role.google[0].assume_role_policy).Statement[0].Condition.StringEquals["accounts.google.com:sub"] == "100000000000000000007"
    error_message = "somebody else may become it"
  }
}

run "a_run_ends_before_the_next_one" {
  command = plan

  variables {
    settings = { every_minutes = 1 }
  }

  expect_failures = [var.settings]
}

run "an_object_on_its_way_is_no_alarm" {
  command = plan

  variables {
    settings = { rpo_seconds = 30 }
  }

  expect_failures = [var.settings]
}

run "an_e_mail_address_is_no_unique_id" {
  command = plan

  variables {
    other_ledger = "isthmus-test-ledger@isthmus-test.iam.gserviceaccount.com"
  }

  expect_failures = [var.other_ledger]
}
