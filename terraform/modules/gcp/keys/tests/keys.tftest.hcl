mock_provider "google" {
  mock_data "google_bigquery_default_service_account" {
    defaults = { member = "serviceAccount:bq-123456789012@bigquery-encryption.iam.gserviceaccount.com" }
  }

  mock_data "google_logging_project_cmek_settings" {
    defaults = { service_account_id = "cmek-p123456789012@gcp-sa-logging.iam.gserviceaccount.com" }
  }

  mock_data "google_storage_project_service_account" {
    defaults = { member = "serviceAccount:service-123456789012@gs-project-accounts.iam.gserviceaccount.com" }
  }
}

variables {
  prefix         = "isthmus-test"
  project        = "isthmus-test"
  project_number = "123456789012"
  region         = "us-central1"
}

run "each_agent_has_its_own_key" {
  command = plan

  assert {
    condition = { for domain, grant in google_kms_crypto_key_iam_member.agent : domain => grant.member } == {
      analytics = "serviceAccount:bq-123456789012@bigquery-encryption.iam.gserviceaccount.com"
      logs      = "serviceAccount:cmek-p123456789012@gcp-sa-logging.iam.gserviceaccount.com"
      messaging = "serviceAccount:service-123456789012@gcp-sa-pubsub.iam.gserviceaccount.com"
      storage   = "serviceAccount:service-123456789012@gs-project-accounts.iam.gserviceaccount.com"
    }
    error_message = "One agent for each domain, and no other member."
  }

  assert {
    condition     = alltrue([for key in google_kms_crypto_key.domain : key.rotation_period == "7776000s"])
    error_message = "Every key rotates every 90 days."
  }
}

run "a_domain_that_is_not_asked_for_costs_nothing" {
  command = plan

  variables {
    domains = ["messaging"]
  }

  assert {
    condition     = keys(google_kms_crypto_key.domain) == ["messaging"] && length(data.google_storage_project_service_account.this) == 0
    error_message = "Only the key of messaging."
  }
}

run "a_rotation_above_90_days_is_refused" {
  command = plan

  variables {
    rotation_days = 91
  }

  expect_failures = [var.rotation_days]
}

run "an_unknown_domain_is_refused" {
  command = plan

  variables {
    domains = ["mesaging"]
  }

  expect_failures = [var.domains]
}
