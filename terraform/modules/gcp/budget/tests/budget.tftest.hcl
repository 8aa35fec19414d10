mock_provider "google" {}

variables {
  billing_account = "012345-6789AB-CDEF01"
  emails          = ["platform@example.com"]
  key             = "projects/isthmus-test/locations/us-central1/keyRings/r/cryptoKeys/messaging"
  monthly_usd     = 200
  prefix          = "isthmus-test"
  project         = "isthmus-test"
  project_number  = "123456789012"
  region          = "us-central1"
}

run "it_warns_at_50_80_100_and_by_forecast" {
  command = plan

  assert {
    condition     = [for rule in google_billing_budget.this.threshold_rules : "${rule.spend_basis} ${rule.threshold_percent}"] == ["CURRENT_SPEND 0.5", "CURRENT_SPEND 0.8", "CURRENT_SPEND 1", "FORECASTED_SPEND 1"]
    error_message = "Three thresholds of what was spent, one of the forecast."
  }

  assert {
    condition     = google_billing_budget.this.budget_filter[0].projects == toset(["projects/123456789012"]) && google_billing_budget.this.amount[0].specified_amount[0].units == "200"
    error_message = "This project alone, 200 dollars."
  }
}

run "without_addresses_the_administrators_are_told" {
  command = plan

  variables {
    emails = []
  }

  assert {
    condition     = !google_billing_budget.this.all_updates_rule[0].disable_default_iam_recipients
    error_message = "Somebody is always told."
  }
}

run "a_budget_of_nothing_is_refused" {
  command = plan

  variables {
    monthly_usd = 0
  }

  expect_failures = [var.monthly_usd]
}
