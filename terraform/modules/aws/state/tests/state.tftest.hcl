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
