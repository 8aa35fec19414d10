package isthmus.networking.no_default_network_test

import data.isthmus.lib.fixtures
import data.isthmus.networking.no_default_network as rule
import rego.v1

good := fixtures.plan([fixtures.resource("google_compute_network", {"auto_create_subnetworks": false}, {})])

bad := fixtures.plan([
	fixtures.resource("google_compute_network", {"auto_create_subnetworks": null}, {}),
	fixtures.resource("aws_default_vpc", {}, {}),
])

bad_found := {
	{"address": "google_compute_network.this", "message": "makes a subnetwork in every region"},
	{"address": "aws_default_vpc.this", "message": "adopts the account's default network"},
}

doubtful := fixtures.plan([fixtures.resource("google_compute_network", {}, {"auto_create_subnetworks": true})])

doubtful_found := {{"address": "google_compute_network.this", "message": "whether it makes subnetworks is known after apply"}}

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
