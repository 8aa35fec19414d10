variables {
  boundary     = "arn:aws:iam::000000000000:policy/isthmus-test-boundary"
  bucket       = "isthmus-test-archive"
  key          = "arn:aws:kms:us-east-1:000000000000:key/00000000-0000-0000-0000-000000000000"
  log_key      = "arn:aws:kms:us-east-1:000000000000:key/00000000-0000-0000-0000-000000000001"
  package      = "README.md" # any file that is there
  prefix       = "isthmus-test"
  slack_secret = "isthmus-test-slack" # checkov:skip=CKV_SECRET_6:The name of a secret.
  storage_key  = "arn:aws:kms:us-east-1:000000000000:key/00000000-0000-0000-0000-000000000002"
  topics       = { alarms = "arn:aws:sns:us-east-1:000000000000:isthmus-test-alarms", budget = "arn:aws:sns:us-east-1:000000000000:isthmus-test-budget" }
}

run "every_topic_is_read_and_nothing_is_dropped" {
  command = plan

  assert {
    condition     = keys(aws_sns_topic_subscription.alert) == ["alarms", "budget"] && alltrue([for one in aws_sns_topic_subscription.alert : one.raw_message_delivery])
    error_message = "both topics, as they publish it"
  }

  assert {
    condition     = aws_sqs_queue.alert.visibility_timeout_seconds >= 6 * local.timeout_seconds && aws_sqs_queue.alert.kms_master_key_id == var.key
    error_message = "a message would come back while it is told, or is not encrypted"
  }

  assert {
    condition     = length(aws_sesv2_email_identity.sender) == 0
    error_message = "nobody asked for e-mail"
  }
}

run "what_a_layer_above_makes_may_send_and_is_not_subscribed_here" {
  command = plan

  variables {
    senders = { edge = "arn:aws:sns:us-east-1:000000000000:isthmus-test-edge" }
  }

  assert {
    condition     = keys(aws_sns_topic_subscription.alert) == ["alarms", "budget"] && contains(local.senders, var.senders.edge)
    error_message = "a topic that isn't there yet is subscribed to, or SNS would drop what it says"
  }
}

run "mail_comes_from_one_address" {
  command = plan

  variables {
    email = { recipients = ["platform@example.com"], sender = "isthmus@example.com" }
  }

  assert {
    condition     = keys(aws_sesv2_email_identity.sender) == ["isthmus@example.com"]
    error_message = "the sender is confirmed first"
  }
}

run "a_secret_that_the_boundary_would_refuse_is_refused_here" {
  command = plan

  variables {
    slack_secret = "somebody-elses"
  }

  expect_failures = [var.slack_secret]
}
