variables {
  prefix = "isthmus-test"
}

run "a_key_and_an_alias_for_each_domain" {
  command = plan

  assert {
    condition     = [for alias in aws_kms_alias.domain : alias.name] == ["alias/isthmus-test-analytics", "alias/isthmus-test-logs", "alias/isthmus-test-messaging", "alias/isthmus-test-storage"]
    error_message = "A domain has no alias."
  }

  assert {
    condition     = alltrue([for key in aws_kms_key.domain : key.enable_key_rotation && key.rotation_period_in_days == 365])
    error_message = "A key does not rotate once a year."
  }
}

run "services_are_named_and_bound_to_what_they_work_for" {
  command = plan

  assert {
    condition     = alltrue([for key in aws_kms_key.domain : !strcontains(key.policy, "\"AWS\":\"*\"") && !strcontains(key.policy, "\"Principal\":\"*\"")])
    error_message = "Everybody is named in a key's policy."
  }

  assert {
    condition     = alltrue([for topic in ["alarms", "budget", "events"] : strcontains(aws_kms_key.domain["messaging"].policy, ":isthmus-test-${topic}\"")])
    error_message = "SNS could not encrypt for a queue that reads one of the topics."
  }

  assert {
    condition     = strcontains(aws_kms_key.domain["logs"].policy, ":/aws/lambda/isthmus-test-*") && strcontains(aws_kms_key.domain["logs"].policy, ":/aws/datasync/isthmus-test")
    error_message = "A group of logs could not be made under the key."
  }

  assert {
    condition     = !strcontains(aws_kms_key.domain["storage"].policy, "Service")
    error_message = "A service may use the archive's key; only roles need it."
  }
}

run "a_part_that_is_off_has_no_key" {
  command = plan

  variables {
    domains = ["logs", "messaging", "storage"]
  }

  assert {
    condition     = keys(aws_kms_key.domain) == ["logs", "messaging", "storage"]
    error_message = "There is a key that nothing uses."
  }
}

run "a_rotation_over_a_year_is_refused" {
  command = plan

  variables {
    rotation_days = 366
  }

  expect_failures = [var.rotation_days]
}

run "a_domain_that_nobody_knows_is_refused" {
  command = plan

  variables {
    domains = ["mail"]
  }

  expect_failures = [var.domains]
}
