mock_provider "aws" {
  mock_data "aws_iam_policy_document" {
    defaults = {
      json = "{\"Statement\":[],\"Version\":\"2012-10-17\"}"
    }
  }
}

variables {
  boundary = "arn:aws:iam::000000000000:policy/isthmus-test-boundary"
  key      = "arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555"
  prefix   = "isthmus-test"
  topic    = "arn:aws:sns:us-east-1:123456789012:isthmus-test-events"
}

run "without_ids_there_is_no_way_in" {
  command = plan

  assert {
    condition     = length(aws_iam_role.google) == 0 && length(aws_iam_role_policy.publish) == 0
    error_message = "A role that trusts nobody in particular must not exist."
  }
}

run "an_email_address_is_no_id" {
  command = plan

  variables {
    service_accounts = { ingest = "isthmus-test-ingest@isthmus-test.iam.gserviceaccount.com" }
  }

  expect_failures = [var.service_accounts]
}
