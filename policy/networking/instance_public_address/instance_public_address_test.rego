package isthmus.networking.instance_public_address_test

import data.isthmus.lib.fixtures
import data.isthmus.networking.instance_public_address as rule
import rego.v1

good := fixtures.plan([
	fixtures.resource("aws_subnet", {"map_public_ip_on_launch": false}, {}),
	fixtures.resource("google_compute_instance", {"network_interface": [{"access_config": []}]}, {}),
])

bad := fixtures.plan([
	fixtures.resource("aws_instance", {"associate_public_ip_address": true}, {}),
	fixtures.resource("google_compute_instance", {"network_interface": [{"access_config": [{}]}]}, {}),
])

bad_found := {
	{"address": "aws_instance.this", "message": "gives a public address"},
	{"address": "google_compute_instance.this", "message": "gives a public address"},
}

doubtful := fixtures.configured(
	fixtures.plan([fixtures.resource("aws_instance", {}, {"associate_public_ip_address": true})]),
	{"aws_instance.this": {"associate_public_ip_address": {"references": ["var.public"]}}},
)

doubtful_found := {{"address": "aws_instance.this", "message": "whether it gives a public address is known after apply"}}

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
