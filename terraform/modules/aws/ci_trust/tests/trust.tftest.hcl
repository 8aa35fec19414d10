variables {
  environment  = "dev"
  lock_table   = "isthmus-test-state-lock"
  prefix       = "isthmus-test"
  state_bucket = "isthmus-test-state-000000000000-us-east-1"
  state_key    = "arn:aws:kms:us-east-1:000000000000:key/00000000-0000-0000-0000-000000000000"

  github = {
    owner         = "example"
    owner_id      = "1000001"
    repository    = "isthmus"
    repository_id = "2000001"
  }
}

run "there_is_a_role_to_plan_and_one_to_apply" {
  command = plan

  assert {
    condition     = [for name, role in aws_iam_role.ci : role.name] == ["isthmus-test-ci-apply", "isthmus-test-ci-plan"]
    error_message = "the roles are others"
  }

  assert {
    condition     = alltrue([for role in aws_iam_role.ci : role.max_session_duration == 3600])
    error_message = "a session lasts longer than an hour"
  }
}

run "a_name_for_an_id_is_refused" {
  command = plan

  variables {
    github = {
      owner         = "example"
      owner_id      = "example"
      repository    = "isthmus"
      repository_id = "2000001"
    }
  }

  expect_failures = [var.github]
}

run "a_wildcard_is_no_branch" {
  command = plan

  variables {
    branch = "release/*"
  }

  expect_failures = [var.branch]
}

run "a_wildcard_is_no_repository" {
  command = plan

  variables {
    github = {
      owner         = "example"
      owner_id      = "1000001"
      repository    = "*"
      repository_id = "2000001"
    }
  }

  expect_failures = [var.github]
}
