package isthmus.networking.subnet_flow_logs_test

import data.isthmus.lib.fixtures
import data.isthmus.networking.subnet_flow_logs as rule
import rego.v1

good := fixtures.plan([
	fixtures.resource("google_compute_subnetwork", {"log_config": [{"flow_sampling": 0.5}]}, {}),
	fixtures.named("google_compute_subnetwork", "proxy", {"log_config": [], "purpose": "REGIONAL_MANAGED_PROXY"}, {}),
])

bad := fixtures.plan([fixtures.resource("google_compute_subnetwork", {"log_config": []}, {})])

bad_found := {{"address": "google_compute_subnetwork.this", "message": "has no flow logs"}}

doubtful := fixtures.plan([fixtures.resource("google_compute_subnetwork", {}, {"log_config": true})])

doubtful_found := {{"address": "google_compute_subnetwork.this", "message": "whether it has flow logs is known after apply"}}

test_what_is_asked_for_passes if {
	count(rule.fail) == 0 with input as good
	count(rule.unknown) == 0 with input as good
	count(rule.checked) > 0 with input as good
}

test_what_it_forbids_fails if {
	found := rule.fail with input as bad
	found == bad_found
}

test_what_nothing_proves_is_unknown if {
	count(rule.fail) == 0 with input as doubtful
	found := rule.unknown with input as doubtful
	found == doubtful_found
}
