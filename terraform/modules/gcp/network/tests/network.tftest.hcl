mock_provider "google" {}

variables {
  cidr    = "10.20.0.0/20"
  prefix  = "isthmus-test"
  project = "isthmus-test"
  region  = "us-central1"
}

run "no_way_out_unasked" {
  command = plan

  assert {
    condition     = google_compute_network.this.delete_default_routes_on_create && length(google_compute_route.internet) + length(google_compute_router_nat.nat) == 0
    error_message = "No default route and no NAT."
  }

  assert {
    condition     = google_compute_network_firewall_policy_rule.deny["egress"].action == "deny" && length(google_compute_network_firewall_policy_rule.exception) == 0
    error_message = "Everything is denied, without an exception."
  }
}

run "googles_apis_are_inside" {
  command = plan

  assert {
    condition     = google_compute_subnetwork.this.ip_cidr_range == "10.20.0.0/21" && google_compute_global_address.apis.address == "10.20.8.1"
    error_message = "The address of the APIs is in no subnet."
  }

  assert {
    condition     = google_compute_network_firewall_policy_rule.apis.match[0].dest_ip_ranges == tolist(["10.20.8.1/32"])
    error_message = "The firewall lets out to it, and to it alone."
  }

  assert {
    condition     = can(regex("^[a-z][a-z0-9]{0,19}$", google_compute_global_forwarding_rule.apis.name))
    error_message = "An endpoint's name has at most 20 small letters and digits."
  }
}

run "an_exception_goes_to_its_hosts_only" {
  command = plan

  variables {
    nat            = true
    allowed_egress = { sns = { fqdns = ["sns.us-east-1.amazonaws.com"], ports = [443] } }
  }

  assert {
    condition     = google_compute_network_firewall_policy_rule.exception["sns"].match[0].dest_fqdns == tolist(["sns.us-east-1.amazonaws.com"])
    error_message = "By name."
  }

  assert {
    condition     = google_compute_network_firewall_policy_rule.exception["sns"].priority < google_compute_network_firewall_policy_rule.deny["egress"].priority
    error_message = "Before the rule that denies the rest."
  }
}

run "an_exception_for_everything_is_refused" {
  command = plan

  variables {
    allowed_egress = { all = { ports = [443] } }
  }

  expect_failures = [var.allowed_egress]
}

run "flow_logs_are_off_at_zero" {
  command = plan

  assert {
    condition     = length(google_compute_subnetwork.this.log_config) == 0 && length(google_dns_policy.this) == 0
    error_message = "Nothing is logged."
  }
}

run "a_range_of_everything_is_refused" {
  command = plan

  variables {
    allowed_egress = { all = { ports = [443], ranges = ["0.0.0.0/0"] } }
  }

  expect_failures = [var.allowed_egress]
}

run "a_network_that_is_too_small_is_refused" {
  command = plan

  variables {
    cidr = "10.20.0.0/25"
  }

  expect_failures = [var.cidr]
}
