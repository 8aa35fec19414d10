# A profile gives every figure and every flag, and an environment's flag comes first.
run "minimal_switches_little_on" {
  command = plan

  variables {
    cost_profile = "minimal"
  }

  assert {
    condition     = [for flag, on in output.features : flag if on] == ["budgets", "tracing"]
    error_message = "minimal has other parts on than budgets and tracing"
  }
}

run "a_flag_of_the_environment_comes_first" {
  command = plan

  variables {
    cost_profile = "resilient"
    features     = { nat = true, synthetics = false }
  }

  assert {
    condition     = output.features.nat && !output.features.synthetics && output.features.network
    error_message = "the environment's flags do not come first"
  }

  assert {
    condition     = output.settings.log_retention_days == 365
    error_message = "resilient keeps logs for another time than a year"
  }
}

run "another_profile_is_refused" {
  command = plan

  variables {
    cost_profile = "cheap"
  }

  expect_failures = [var.cost_profile]
}

run "a_part_of_what_is_off_is_refused" {
  command = plan

  variables {
    cost_profile = "minimal"
    features     = { nat = true }
  }

  expect_failures = [output.features]
}

run "an_edge_without_a_network_is_refused" {
  command = plan

  variables {
    cost_profile = "minimal"
    features     = { edge = true }
  }

  expect_failures = [output.features]
}
