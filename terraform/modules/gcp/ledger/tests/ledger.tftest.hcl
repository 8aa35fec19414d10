mock_provider "google" {}

variables {
  bucket       = "isthmus-test-archive"
  channels     = ["projects/isthmus-test/notificationChannels/1"]
  image        = "us-central1-docker.pkg.dev/isthmus-test/isthmus/functions:test"
  other_bucket = "isthmus-test-archive-aws"
  other_ledger = "isthmus-test-ledger"
  pool         = "projects/123456789012/locations/global/workloadIdentityPools/isthmus-test-aws"
  prefix       = "isthmus-test"
  project      = "isthmus-test"
  region       = "us-central1"
}

run "every_alarm_names_the_runbook" {
  command = plan

  assert {
    condition     = length(output.alarms) == 6 && alltrue([for policy in concat(values(google_monitoring_alert_policy.figure), [google_monitoring_alert_policy.unknown]) : endswith(policy.documentation[0].content, "docs/runbooks/replication-gap.md")])
    error_message = "an alarm does not say what to do"
  }

  assert {
    condition     = strcontains(google_monitoring_alert_policy.figure["missing-aws"].conditions[0].condition_matched_log[0].filter, "jsonPayload.oldest_missing_age.aws>900")
    error_message = "what is missing for longer than is promised is no alarm"
  }
}

run "a_service_that_stands_still_is_an_alarm" {
  command = plan

  assert {
    condition     = strcontains(google_monitoring_alert_policy.unknown.conditions[0].condition_prometheus_query_language[0].query, "response_code_class=\"2xx\"}[45m])) or vector(0)) < 1")
    error_message = "nobody is told when nothing is compared"
  }
}

run "it_lists_and_reads_no_object" {
  command = plan

  assert {
    condition     = alltrue([for grant in google_storage_bucket_iam_member.list : strcontains(grant.condition[0].expression, "objectListPrefix") && !strcontains(grant.condition[0].expression, "resource.name")])
    error_message = "it may do more than list"
  }

  assert {
    condition     = google_storage_bucket_iam_member.list["aws"].member == "principalSet://iam.googleapis.com/projects/123456789012/locations/global/workloadIdentityPools/isthmus-test-aws/attribute.aws_role/isthmus-test-ledger"
    error_message = "another role of AWS lists this archive"
  }
}

run "an_hours_schedule_is_one_that_cron_knows" {
  command = plan

  variables {
    settings = { every_minutes = 60 }
  }

  assert {
    condition     = google_cloud_scheduler_job.this.schedule == "0 * * * *" && google_cloud_scheduler_job.this.retry_config[0].retry_count == 0
    error_message = "*/60 is no step of a minute"
  }
}

run "a_run_ends_before_the_next_one" {
  command = plan

  variables {
    settings = { every_minutes = 1 }
  }

  expect_failures = [var.settings]
}
