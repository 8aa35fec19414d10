mock_provider "google" {
  mock_data "google_storage_project_service_account" {
    defaults = { member = "serviceAccount:service-123456789012@gs-project-accounts.iam.gserviceaccount.com" }
  }
}

variables {
  prefix  = "isthmus-test"
  project = "isthmus-test"
  region  = "us-central1"
}

run "the_state_is_closed_encrypted_and_versioned" {
  command = plan

  assert {
    condition     = google_storage_bucket.state.public_access_prevention == "enforced" && google_storage_bucket.state.uniform_bucket_level_access
    error_message = "No object is public, and no access list can make it so."
  }

  assert {
    condition     = google_storage_bucket.state.versioning[0].enabled && !google_storage_bucket.state.force_destroy
    error_message = "An older state comes back, and a bucket that holds one is not destroyed."
  }

  assert {
    condition     = google_kms_crypto_key.state.rotation_period == "7776000s"
    error_message = "The key rotates every 90 days."
  }
}

run "an_old_version_goes_only_when_newer_ones_exist" {
  command = plan

  variables {
    noncurrent_days     = 30
    noncurrent_versions = 5
  }

  assert {
    condition = alltrue([
      for rule in google_storage_bucket.state.lifecycle_rule : alltrue([
        for c in rule.condition : c.days_since_noncurrent_time == 30 && c.num_newer_versions == 5 && c.with_state == "ARCHIVED"
      ])
    ])
    error_message = "Both conditions, on older versions only."
  }
}

run "a_rotation_above_90_days_is_refused" {
  command = plan

  variables {
    rotation_days = 365
  }

  expect_failures = [var.rotation_days]
}
