mock_provider "google" {}

variables {
  key     = "projects/isthmus-test/locations/us-central1/keyRings/r/cryptoKeys/logs"
  prefix  = "isthmus-test"
  project = "isthmus-test"
  region  = "us-central1"
}

run "logs_are_kept_once_with_our_key" {
  command = plan

  variables {
    retention_days = 90
  }

  assert {
    condition     = google_logging_project_bucket_config.this.retention_days == 90 && google_logging_project_bucket_config.this.cmek_settings[0].kms_key_name == var.key
    error_message = "As long as asked, with the key of the logs."
  }

  assert {
    condition     = google_logging_project_exclusion.default.filter == google_logging_project_sink.this.filter
    error_message = "What the sink keeps, the default bucket does not."
  }
}

run "probes_are_left_out" {
  command = plan

  assert {
    condition     = google_logging_project_sink.this.exclusions[0].name == "health-checks"
    error_message = "Answers to probes are not kept."
  }

  assert {
    condition     = length(google_project_iam_audit_config.this) == 0
    error_message = "Data access is recorded only where it is asked for."
  }
}

run "an_unknown_log_type_is_refused" {
  command = plan

  variables {
    audit = { "storage.googleapis.com" = ["DATA_REED"] }
  }

  expect_failures = [var.audit]
}
