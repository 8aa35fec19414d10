mock_provider "google" {}

variables {
  domain  = "events.example.com"
  prefix  = "isthmus-test"
  project = "isthmus-test"
}

run "each_path_is_asked_for_over_tls" {
  command = plan

  variables {
    every_minutes = 1
  }

  assert {
    condition     = alltrue([for check in google_monitoring_uptime_check_config.this : check.period == "60s" && check.http_check[0].validate_ssl])
    error_message = "Every minute, and the certificate counts."
  }

  assert {
    condition     = keys(google_monitoring_alert_policy.unreachable) == ["/healthz", "/readyz"] && alltrue([for policy in google_monitoring_alert_policy.unreachable : strcontains(policy.documentation[0].content, "docs/runbooks/")])
    error_message = "An alarm each, with a runbook."
  }
}

run "cloud_monitoring_has_four_periods" {
  command = plan

  variables {
    every_minutes = 2
  }

  expect_failures = [var.every_minutes]
}
