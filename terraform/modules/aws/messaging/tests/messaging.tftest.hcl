mock_provider "aws" {
  mock_data "aws_iam_policy_document" {
    defaults = {
      json = "{\"Statement\":[],\"Version\":\"2012-10-17\"}"
    }
  }
}

variables {
  key    = "arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555"
  prefix = "isthmus-test"

  consumers = {
    archive = { max_attempts = 20, timeout_seconds = 30 }
    bridge  = { batch_window_seconds = 5, max_attempts = 1000, origin = "aws", timeout_seconds = 60 }
  }
}

run "visibility_covers_six_timeouts_and_the_batch_window" {
  command = plan

  assert {
    condition     = aws_sqs_queue.consumer["archive"].visibility_timeout_seconds == 180
    error_message = "archive: 6 x 30 seconds."
  }

  assert {
    condition     = aws_sqs_queue.consumer["bridge"].visibility_timeout_seconds == 365
    error_message = "bridge: 6 x 60 seconds and 5 of the batch window."
  }
}

run "only_a_consumer_with_an_origin_filters" {
  command = plan

  assert {
    condition     = aws_sns_topic_subscription.consumer["archive"].filter_policy == null
    error_message = "archive takes every frame."
  }

  assert {
    condition     = jsondecode(aws_sns_topic_subscription.consumer["bridge"].filter_policy) == { origin = ["aws"] }
    error_message = "bridge takes only what AWS held first."
  }
}

run "attempts_beyond_what_sqs_takes_are_refused" {
  command = plan

  variables {
    consumers = { archive = { max_attempts = 1001, timeout_seconds = 30 } }
  }

  expect_failures = [var.consumers]
}
