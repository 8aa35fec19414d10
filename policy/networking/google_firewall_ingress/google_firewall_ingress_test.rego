package isthmus.networking.google_firewall_ingress_test

import data.isthmus.lib.fixtures
import data.isthmus.networking.google_firewall_ingress as rule
import rego.v1

firewall(name, after) := fixtures.named("google_compute_firewall", name, object.union({"allow": [{"protocol": "tcp"}]}, after), {})

good := fixtures.plan([
	firewall("inside", {"source_ranges": ["10.0.0.0/8"]}),
	firewall("load_balancer", {"source_ranges": ["130.211.0.0/22", "35.191.0.0/16"]}),
	firewall("tagged", {"source_tags": ["web"]}),
	firewall("out", {"direction": "EGRESS"}),
])

bad := fixtures.plan([
	firewall("everybody", {"source_ranges": ["0.0.0.0/0"]}),
	firewall("nobody_named", {}),
	fixtures.resource(
		"google_compute_network_firewall_policy_rule",
		{"action": "allow", "direction": "INGRESS", "match": [{"src_ip_ranges": ["8.0.0.0/8"]}]},
		{},
	),
])

bad_found := {
	{"address": "google_compute_firewall.everybody", "message": "lets 0.0.0.0/0 in"},
	{"address": "google_compute_firewall.nobody_named", "message": "lets 0.0.0.0/0 in"},
	{"address": "google_compute_network_firewall_policy_rule.this", "message": "lets 8.0.0.0/8 in"},
}

doubtful := fixtures.configured(
	fixtures.plan([fixtures.resource("google_compute_firewall", {"allow": [{}]}, {"source_ranges": true})]),
	{"google_compute_firewall.this": {"source_ranges": {"references": ["var.ranges"]}}},
)

doubtful_found := {{"address": "google_compute_firewall.this", "message": "who may come in is known after apply"}}

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
