mock_provider "google" {
  mock_resource "google_service_account" {
    defaults = {
      email = "isthmus-test-x@isthmus-test.iam.gserviceaccount.com"
      name  = "projects/isthmus-test/serviceAccounts/isthmus-test-x@isthmus-test.iam.gserviceaccount.com"
    }
  }
}

variables {
  environment  = "prod"
  github       = { owner = "octo-org", owner_id = "123456", repository = "isthmus", repository_id = "456789" }
  images       = { location = "us-central1", repository = "isthmus-test" }
  prefix       = "isthmus-test"
  project      = "isthmus-test"
  state_bucket = "isthmus-test-state"
}

run "the_exchange_is_bound_to_both_ids" {
  command = plan

  assert {
    condition     = google_iam_workload_identity_pool_provider.github.attribute_condition == "assertion.repository_id == '456789' && assertion.repository_owner_id == '123456' && attribute.access in ['plan', 'apply-prod', 'apply-images']"
    error_message = "Repository, owner, and nothing but the three accesses."
  }

  assert {
    condition     = google_iam_workload_identity_pool_provider.github.oidc[0].issuer_uri == "https://token.actions.githubusercontent.com"
    error_message = "Tokens of GitHub Actions only."
  }
}

run "each_account_is_bound_to_one_exact_value" {
  command = apply

  assert {
    condition     = endswith(google_service_account_iam_member.github["plan"].member, "/attribute.access/plan")
    error_message = "plan: one value."
  }

  assert {
    condition     = endswith(google_service_account_iam_member.github["apply"].member, "/attribute.access/apply-prod")
    error_message = "apply: one value."
  }

  assert {
    condition     = endswith(google_service_account_iam_member.github["push"].member, "/attribute.access/apply-images")
    error_message = "push: one value."
  }
}

run "who_pushes_may_do_nothing_else" {
  command = plan

  assert {
    condition     = google_artifact_registry_repository_iam_member.push.role == "roles/artifactregistry.writer" && google_artifact_registry_repository_iam_member.push.repository == "isthmus-test"
    error_message = "It writes into the one repository."
  }

  assert {
    condition     = !contains(keys(google_storage_bucket_iam_member.state), "push") && !contains(keys(google_project_iam_custom_role.ci), "push")
    error_message = "It sees a state, or has a role on the project."
  }
}

run "the_environment_that_applies_does_not_push" {
  command = plan

  variables {
    push_environment = "prod"
  }

  expect_failures = [var.push_environment]
}

run "the_plan_identity_writes_locks_only" {
  command = plan

  assert {
    condition     = google_storage_bucket_iam_member.state["plan"].role == "roles/storage.objectViewer" && endswith(google_storage_bucket_iam_member.lock.condition[0].expression, "resource.name.endsWith('.tflock')")
    error_message = "It reads states and writes locks."
  }

  assert {
    condition     = alltrue([for grant in google_project_iam_member.plan : !strcontains(lower(grant.role), "admin") && !strcontains(grant.role, "editor") && !strcontains(grant.role, "owner")])
    error_message = "Roles that read."
  }
}

run "no_key_version_can_be_destroyed" {
  command = plan

  assert {
    condition     = !contains(google_project_iam_custom_role.ci["apply"].permissions, "cloudkms.cryptoKeyVersions.destroy") && !contains(keys(google_project_iam_member.apply), "roles/cloudkms.admin")
    error_message = "CI can't begin the end of a key."
  }
}

run "a_wildcard_is_no_branch" {
  command = plan

  variables {
    branch = "*"
  }

  expect_failures = [var.branch]
}

run "a_name_is_no_id" {
  command = plan

  variables {
    github = { owner = "octo-org", owner_id = "octo-org", repository = "isthmus", repository_id = "456789" }
  }

  expect_failures = [var.github]
}
