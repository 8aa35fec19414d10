mock_provider "google" {}

variables {
  functions      = { archive = 30, ingest = 25 }
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
    condition     = keys(google_monitoring_alert_policy.this) == ["archive-backlog", "archive-dead-letters", "archive-duration", "archive-errors", "ingest-duration", "ingest-errors", "ingest-latency"]
    error_message = "A policy for each queue, its dead letters and each function."
  }

  assert {
    condition     = keys(google_monitoring_alert_policy.logged) == ["bridge-lag", "logged-errors"]
    error_message = "A policy for the lines that tell of errors and of the bridge's lag, and none for a replication that is not there."
  }

  assert {
    condition     = alltrue([for policy in concat(values(google_monitoring_alert_policy.this), values(google_monitoring_alert_policy.logged)) : can(regex("docs/runbooks/[a-z-]+\\.md$", policy.documentation[0].content))])
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
    condition     = alltrue([for policy in google_monitoring_alert_policy.this : policy.conditions[0].condition_threshold[0].evaluation_missing_data == "EVALUATION_MISSING_DATA_INACTIVE"])
    error_message = "A minute without a measurement is a good one, as on AWS."
  }

  assert {
    condition     = google_monitoring_alert_policy.this["archive-backlog"].conditions[0].condition_threshold[0].threshold_value == 300
    error_message = "As long as the queue says."
  }
}

run "a_copy_by_replication_is_a_gap" {
  command = plan

  variables {
    replicated_bucket = "isthmus-test-archive-isthmus-test"
  }

  assert {
    condition     = strcontains(google_monitoring_alert_policy.logged["replication-gap"].conditions[0].condition_matched_log[0].filter, "\"isthmus-test-archive-isthmus-test\"")
    error_message = "Of this archive alone."
  }
}

run "a_slow_call_and_a_late_frame_are_told_in_time" {
  command = plan

  assert {
    condition     = google_monitoring_alert_policy.this["archive-duration"].conditions[0].condition_threshold[0].threshold_value == 24000
    error_message = "Four fifths of 30 s, in milliseconds."
  }

  assert {
    condition     = strcontains(google_monitoring_alert_policy.logged["bridge-lag"].conditions[0].condition_matched_log[0].filter, "jsonPayload.age_ms.aws>900000")
    error_message = "A quarter of an hour, in milliseconds."
  }
}

run "an_hour_and_more_is_refused" {
  command = plan

  variables {
    window_minutes = 61
  }

  expect_failures = [var.window_minutes]
}

run "without_objectives_nothing_burns" {
  command = plan

  assert {
    condition     = length(google_monitoring_alert_policy.burn) == 0
    error_message = "An alarm on nothing."
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
    condition     = google_monitoring_alert_policy.burn["latency-fast"].conditions[0].condition_prometheus_query_language[0].query == "(sum_over_time((max(pubsub_googleapis_com:subscription_oldest_unacked_message_age{monitored_resource=\"pubsub_subscription\",subscription_id=~\"isthmus-test-archive\"}) > bool 60)[60m:1m]) / 60 > 0.144000) and (sum_over_time((max(pubsub_googleapis_com:subscription_oldest_unacked_message_age{monitored_resource=\"pubsub_subscription\",subscription_id=~\"isthmus-test-archive\"}) > bool 60)[5m:1m]) / 5 > 0.144000)"
    error_message = "More than 14.4 times 1% of the minutes, in both windows."
  }

  assert {
    condition     = strcontains(google_monitoring_alert_policy.burn["availability-fast"].conditions[0].condition_prometheus_query_language[0].query, "> 0.014400)")
    error_message = "14.4 times 0.1% of the requests."
  }

  assert {
    condition     = alltrue([for policy in google_monitoring_alert_policy.burn : endswith(policy.documentation[0].content, "docs/runbooks/slo-burn.md") && policy.severity == "ERROR"])
    error_message = "Somebody is woken, and told what to do."
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
