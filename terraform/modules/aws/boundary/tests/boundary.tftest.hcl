variables {
  prefix = "isthmus-test"
}

run "it_is_named_so_that_other_stacks_can_derive_it" {
  command = plan

  assert {
    condition     = aws_iam_policy.boundary.name == "isthmus-test-boundary"
    error_message = "the name is another"
  }

  # A managed policy has 6,144 characters at most (IAM quotas, 2026-11), white space not counted.
  assert {
    condition     = length(replace(data.aws_iam_policy_document.boundary.json, "/\\s/", "")) <= 6144
    error_message = "the policy is longer than IAM takes"
  }

  assert {
    condition     = !strcontains(data.aws_iam_policy_document.boundary.json, "iam:")
    error_message = "it lets roles do something about identities"
  }
}
