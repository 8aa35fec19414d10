variables {
  prefix = "isthmus-test"
}

run "the_states_are_locked_two_ways" {
  command = plan

  assert {
    condition     = aws_dynamodb_table.lock.hash_key == "LockID" && aws_dynamodb_table.lock.point_in_time_recovery[0].enabled
    error_message = "the lock table is not the one that Terraform knows, or can't be recovered"
  }

  assert {
    condition     = aws_dynamodb_table.lock.deletion_protection_enabled
    error_message = "the locks can be destroyed"
  }

  assert {
    condition     = length(module.bucket.bucket) <= 63
    error_message = "the bucket's name is too long"
  }
}

run "locks_go_and_the_last_states_stay" {
  command = plan

  assert {
    condition     = aws_s3_bucket_lifecycle_configuration.state.rule[1].filter[0].object_size_less_than == 1024 && aws_s3_bucket_lifecycle_configuration.state.rule[2].filter[0].object_size_greater_than == 1023
    error_message = "a size is in both rules, or in none"
  }

  assert {
    condition     = aws_s3_bucket_lifecycle_configuration.state.rule[1].noncurrent_version_expiration[0].newer_noncurrent_versions == null
    error_message = "versions of locks are kept for ever"
  }

  assert {
    condition     = aws_s3_bucket_lifecycle_configuration.state.rule[2].noncurrent_version_expiration[0].newer_noncurrent_versions == 20
    error_message = "older states go, however few there are"
  }
}

run "a_rotation_over_a_year_is_refused" {
  command = plan

  variables {
    rotation_days = 730
  }

  expect_failures = [var.rotation_days]
}

run "keeping_no_older_state_is_refused" {
  command = plan

  variables {
    noncurrent_versions = 0
  }

  expect_failures = [var.noncurrent_versions]
}
