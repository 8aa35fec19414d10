variables {
  key    = "arn:aws:kms:us-east-1:000000000000:key/00000000-0000-0000-0000-000000000000"
  prefix = "isthmus-test"
}

run "changes_are_recorded_everywhere_and_can_be_proved" {
  command = plan

  assert {
    condition     = aws_cloudtrail.this.is_multi_region_trail && aws_cloudtrail.this.enable_log_file_validation
    error_message = "a region is left out, or files can be changed unseen"
  }

  assert {
    condition     = length(aws_cloudtrail.this.advanced_event_selector) == 1
    error_message = "data access is recorded though nobody asked"
  }
}

run "data_access_is_recorded_where_asked" {
  command = plan

  variables {
    audit = { s3 = ["DATA_READ", "DATA_WRITE"] }
  }

  assert {
    condition     = length(aws_cloudtrail.this.advanced_event_selector) == 3
    error_message = "reads or writes are not recorded"
  }
}

run "another_service_is_refused" {
  command = plan

  variables {
    audit = { storage = ["DATA_READ"] }
  }

  expect_failures = [var.audit]
}
