mock_provider "google" {}

variables {
  key     = "projects/isthmus-test/locations/us-central1/keyRings/r/cryptoKeys/storage"
  prefix  = "isthmus-test"
  project = "isthmus-test"
  region  = "us-central1"
}

run "nothing_moves_or_expires_unasked" {
  command = plan

  assert {
    condition     = length([for rule in google_storage_bucket.archive.lifecycle_rule : rule if one(rule.action[*].type) == "SetStorageClass"]) == 0
    error_message = "No object changes its class."
  }
}

run "objects_get_cheaper_and_then_go" {
  command = plan

  variables {
    lifecycle_days = { archive = 90, expire = 400, infrequent = 30 }
  }

  assert {
    condition = toset(flatten([
      for rule in google_storage_bucket.archive.lifecycle_rule : [
        for c in rule.condition : "${one(rule.action[*].type)} ${c.age}" if c.age != null
      ]
    ])) == toset(["AbortIncompleteMultipartUpload 7", "Delete 400", "SetStorageClass 30", "SetStorageClass 90"])
    error_message = "Cheaper after 30 and 90 days, gone after 400."
  }
}

run "an_object_can_not_expire_before_it_moves" {
  command = plan

  variables {
    lifecycle_days = { expire = 40, infrequent = 60 }
  }

  expect_failures = [var.lifecycle_days]
}
