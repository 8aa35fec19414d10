mock_provider "google" {}

variables {
  bucket   = "isthmus-test-archive"
  channels = ["projects/isthmus-test/notificationChannels/1"]
  image    = "us-central1-docker.pkg.dev/isthmus-test/isthmus/functions:test"
  prefix   = "isthmus-test"
  project  = "isthmus-test"
  region   = "us-central1"
}

run "it_replaces_days_and_reads_frames" {
  command = plan

  assert {
    condition     = google_storage_bucket_iam_member.work["days"].condition[0].expression == "resource.name.startsWith(\"projects/_/buckets/isthmus-test-archive/objects/compacted/\")"
    error_message = "it may replace frames"
  }

  assert {
    condition     = google_storage_bucket_iam_member.work["frames"].role == "roles/storage.objectViewer" && length(google_storage_bucket_iam_member.work) == 2
    error_message = "it may do more to frames than read them"
  }
}

run "every_alarm_names_the_runbook" {
  command = plan

  assert {
    condition     = alltrue([for policy in [google_monitoring_alert_policy.stopped, google_monitoring_alert_policy.too_large] : endswith(policy.documentation[0].content, "docs/runbooks/compaction.md")])
    error_message = "an alarm does not say what to do"
  }

  assert {
    condition     = strcontains(google_monitoring_alert_policy.stopped.conditions[0].condition_prometheus_query_language[0].query, "response_code_class=\"2xx\"}[180m])) or vector(0)) < 1")
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
