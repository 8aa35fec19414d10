mock_provider "google" {
  mock_data "google_storage_transfer_project_service_account" {
    defaults = {
      member     = "serviceAccount:project-123456789012@storage-transfer-service.iam.gserviceaccount.com"
      subject_id = "112233445566778899001"
    }
  }
}

variables {
  bucket        = "isthmus-test-archive"
  prefix        = "isthmus-test"
  project       = "isthmus-test"
  source_bucket = "isthmus-test-archive-000000000000"
  source_role   = "arn:aws:iam::000000000000:role/isthmus-test-transfer"
}

run "it_copies_what_is_missing_and_replaces_nothing" {
  command = plan

  variables {
    interval_hours = 6
  }

  assert {
    condition     = google_storage_transfer_job.s3.transfer_spec[0].transfer_options[0].overwrite_when == "NEVER" && google_storage_transfer_job.s3.schedule[0].repeat_interval == "21600s"
    error_message = "Every six hours, never over what is there."
  }

  assert {
    condition     = google_storage_transfer_job.s3.transfer_spec[0].aws_s3_data_source[0].role_arn == var.source_role && length(google_storage_transfer_job.s3.transfer_spec[0].aws_s3_data_source[0].aws_access_key) == 0
    error_message = "By the role, without a key."
  }

  assert {
    condition     = !anytrue([for grant in google_storage_bucket_iam_member.transfer : can(regex("Admin|objectUser|legacyBucketWriter|legacyBucketOwner", grant.role))])
    error_message = "Nothing that may delete."
  }
}

run "no_static_key_unasked" {
  command = plan

  assert {
    condition     = length(google_storage_hmac_key.datasync) + length(google_service_account.datasync) == 0
    error_message = "DataSync's key is off by default."
  }
}

run "a_user_is_no_role" {
  command = plan

  variables {
    source_role = "arn:aws:iam::000000000000:user/transfer"
  }

  expect_failures = [var.source_role]
}
