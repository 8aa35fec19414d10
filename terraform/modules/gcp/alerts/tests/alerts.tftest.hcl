mock_provider "google" {}

variables {
  bucket         = "isthmus-test-archive"
  image          = "us-central1-docker.pkg.dev/isthmus-test/isthmus/functions:test"
  key            = "projects/isthmus-test/locations/us-central1/keyRings/r/cryptoKeys/messaging"
  prefix         = "isthmus-test"
  project        = "isthmus-test"
  project_number = "123456789012"
  push_identity  = "isthmus-test-push@isthmus-test.iam.gserviceaccount.com"
  region         = "us-central1"
  slack_secret   = "isthmus-test-slack" # checkov:skip=CKV_SECRET_6:The name of a secret.
  topics         = { alarms = "projects/isthmus-test/topics/isthmus-test-alarms", budget = "projects/isthmus-test/topics/isthmus-test-budget" }
}

run "every_topic_is_pushed_with_a_token_and_keeps_what_fails" {
  command = plan

  assert {
    condition     = alltrue([for one in google_pubsub_subscription.alert : one.push_config[0].oidc_token[0].audience == "isthmus-test-alert" && one.dead_letter_policy[0].max_delivery_attempts == 100])
    error_message = "both topics, signed, with dead letters"
  }

  assert {
    condition     = keys(google_pubsub_subscription_iam_member.agent) == ["alarms", "budget"]
    error_message = "Pub/Sub can't move dead letters"
  }
}

run "it_sees_its_marks_and_no_event" {
  command = plan

  assert {
    condition     = strcontains(google_storage_bucket_iam_member.marked.condition[0].expression, "objects/alerts/") && strcontains(google_storage_bucket_iam_member.mark.condition[0].expression, "objects/alerts/")
    error_message = "the whole bucket is open to it"
  }
}

run "a_secret_of_another_name_is_refused" {
  command = plan

  variables {
    slack_secret = "somebody-elses"
  }

  expect_failures = [var.slack_secret]
}
