mock_provider "google" {}

variables {
  functions      = ["archive", "ingest"]
  key            = "projects/isthmus-test/locations/us-central1/keyRings/r/cryptoKeys/messaging"
  prefix         = "isthmus-test"
  project        = "isthmus-test"
  project_number = "123456789012"
  region         = "us-central1"

  queues = { archive = { dead_letter = "isthmus-test-archive-dlq", max_age_seconds = 300, name = "isthmus-test-archive" } }
}

run "everything_that_can_fail_is_watched" {
  command = plan

  assert {
    condition     = keys(google_monitoring_alert_policy.this) == ["archive-backlog", "archive-dead-letters", "archive-errors", "ingest-errors", "ingest-latency", "logged-errors"]
    error_message = "A policy for each queue, its dead letters and each function."
  }

  assert {
    condition     = alltrue([for policy in google_monitoring_alert_policy.this : can(regex("docs/runbooks/[a-z-]+\\.md$", policy.documentation[0].content))])
    error_message = "Every alarm names a runbook."
  }
}

run "the_profile_says_how_long_it_must_last" {
  command = plan

  variables {
    window_minutes = 10
  }

  assert {
    condition     = alltrue([for policy in google_monitoring_alert_policy.this : policy.conditions[0].condition_threshold[0].duration == "600s"])
    error_message = "Ten minutes in a row."
  }

  assert {
    condition     = google_monitoring_alert_policy.this["archive-backlog"].conditions[0].condition_threshold[0].threshold_value == 300
    error_message = "As long as the queue says."
  }
}

run "an_hour_and_more_is_refused" {
  command = plan

  variables {
    window_minutes = 61
  }

  expect_failures = [var.window_minutes]
}
