variables {
  boundary    = "arn:aws:iam::000000000000:policy/isthmus-test-boundary"
  description = "Stores each frame once in the bucket."
  log_key     = "arn:aws:kms:us-east-1:000000000000:key/00000000-0000-0000-0000-000000000000"
  package     = "README.md" # any file that is there
  policy      = "{\"Statement\":[{\"Action\":\"s3:PutObject\",\"Effect\":\"Allow\",\"Resource\":\"arn:aws:s3:::isthmus-test/*\"}],\"Version\":\"2012-10-17\"}"
  prefix      = "isthmus-test"
  role        = "archive"
  settings    = { timeout_seconds = 30 }
}

run "its_role_is_bounded_and_its_log_encrypted" {
  command = plan

  assert {
    condition     = aws_iam_role.this.permissions_boundary == var.boundary
    error_message = "The role has no boundary."
  }

  assert {
    condition     = aws_cloudwatch_log_group.this.kms_key_id == var.log_key && aws_cloudwatch_log_group.this.retention_in_days == 30
    error_message = "The log is unencrypted, or never ends."
  }

  assert {
    condition     = aws_lambda_function.this.handler == "isthmus.functions.aws.archive.handler"
    error_message = "Another handler is called."
  }

  assert {
    condition     = length(aws_lambda_event_source_mapping.queue) == 0
    error_message = "Without a queue nothing is mapped."
  }
}

run "only_what_failed_comes_back" {
  command = plan

  variables {
    queue = { arn = "arn:aws:sqs:us-east-1:000000000000:isthmus-test-archive" }
  }

  assert {
    condition     = contains(aws_lambda_event_source_mapping.queue["archive"].function_response_types, "ReportBatchItemFailures")
    error_message = "One bad frame makes its neighbours come twice."
  }
}

run "a_retention_that_cloudwatch_does_not_know_is_refused" {
  command = plan

  variables {
    settings = { log_retention_days = 31, timeout_seconds = 30 }
  }

  expect_failures = [var.settings]
}

run "a_timeout_over_lambdas_is_refused" {
  command = plan

  variables {
    settings = { timeout_seconds = 901 }
  }

  expect_failures = [var.settings]
}

run "a_role_without_a_handler_is_refused" {
  command = plan

  variables {
    role = "mirror"
  }

  expect_failures = [var.role]
}
