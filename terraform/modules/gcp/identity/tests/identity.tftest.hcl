mock_provider "google" {
  mock_resource "google_iam_workload_identity_pool" {
    defaults = { name = "projects/123456789012/locations/global/workloadIdentityPools/isthmus-test-aws" }
  }

  mock_resource "google_service_account" {
    defaults = {
      email = "isthmus-test-aws@isthmus-test.iam.gserviceaccount.com"
      name  = "projects/isthmus-test/serviceAccounts/isthmus-test-aws@isthmus-test.iam.gserviceaccount.com"
    }
  }
}

variables {
  aws_account_id = "123456789012"
  aws_roles      = { bridge = "isthmus-test-bridge", ingest = "isthmus-test-ingest" }
  prefix         = "isthmus-test"
  project        = "isthmus-test"
  topic          = "projects/isthmus-test/topics/isthmus-test-events"
}

run "one_account_and_its_named_roles_alone_get_in" {
  command = plan

  assert {
    condition     = google_iam_workload_identity_pool_provider.lambda.attribute_condition == "assertion.account == '123456789012' && attribute.aws_role in ['isthmus-test-bridge', 'isthmus-test-ingest']"
    error_message = "Another account or another role gets in."
  }

  assert {
    condition     = google_iam_workload_identity_pool_provider.lambda.aws[0].account_id == "123456789012"
    error_message = "The pool trusts another account."
  }

  assert {
    condition     = toset([for grant in google_pubsub_topic_iam_member.aws : grant.role]) == toset(["roles/pubsub.publisher", "roles/pubsub.viewer"])
    error_message = "They may do more than publish and see that the topic is there."
  }
}

run "a_role_that_only_has_grants_of_its_own_gets_in_and_becomes_nobody" {
  command = plan

  variables {
    other_roles = ["isthmus-test-ledger"]
  }

  assert {
    condition     = strcontains(google_iam_workload_identity_pool_provider.lambda.attribute_condition, "'isthmus-test-ingest', 'isthmus-test-ledger']")
    error_message = "The role does not get in."
  }

  assert {
    condition     = keys(google_service_account_iam_member.aws) == ["bridge", "ingest"]
    error_message = "The role becomes the account that publishes."
  }
}

run "an_arn_is_no_name_of_a_role" {
  command = plan

  variables {
    aws_roles = { bridge = "arn:aws:iam::123456789012:role/isthmus-test-bridge" }
  }

  expect_failures = [var.aws_roles]
}

run "without_a_role_nobody_is_let_in_and_that_is_said" {
  command = plan

  variables {
    aws_roles = {}
  }

  expect_failures = [var.aws_roles]
}
