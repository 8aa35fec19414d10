package isthmus.networking.google_egress_denied_test

import data.isthmus.lib.fixtures
import data.isthmus.networking.google_egress_denied as rule
import rego.v1

network := fixtures.resource("google_compute_network", {"name": "n"}, {})

policy := fixtures.resource("google_compute_network_firewall_policy", {"name": "p"}, {})

association(target) := fixtures.resource(
	"google_compute_network_firewall_policy_association",
	{"firewall_policy": "p", "attachment_target": target},
	{},
)

rule_of(action) := fixtures.resource(
	"google_compute_network_firewall_policy_rule",
	{"firewall_policy": "p", "action": action, "direction": "EGRESS", "match": [{"dest_ip_ranges": ["0.0.0.0/0"]}]},
	{},
)

good := fixtures.plan([network, policy, association("n"), rule_of("deny")])

bad := fixtures.plan([network, policy, association("n"), rule_of("allow")])

bad_found := {{"address": "google_compute_network.this", "message": "has no rule that denies egress"}}

doubtful := fixtures.plan([network, policy, rule_of("deny"), fixtures.resource(
	"google_compute_network_firewall_policy_association",
	{"attachment_target": "n"},
	{"firewall_policy": true},
)])

doubtful_found := {{
	"address": "google_compute_network.this",
	"message": "whether a rule that denies egress is its own is known after apply",
}}

test_a_firewall_of_the_network_does_too if {
	given := fixtures.plan([network, fixtures.resource(
		"google_compute_firewall", {
			"network": "n",
			"direction": "EGRESS",
			"deny": [{"protocol": "all"}],
			"destination_ranges": ["0.0.0.0/0"],
		},
		{},
	)])
	count(rule.fail) == 0 with input as given
}

test_a_policy_of_another_network_does_not if {
	found := rule.fail with input as fixtures.plan([network, policy, association("m"), rule_of("deny")])
	found == bad_found
}

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
