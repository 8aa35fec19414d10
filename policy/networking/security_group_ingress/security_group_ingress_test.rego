package isthmus.networking.security_group_ingress_test

import data.isthmus.lib.fixtures
import data.isthmus.networking.security_group_ingress as rule
import rego.v1

rule_of(range) := fixtures.resource("aws_vpc_security_group_ingress_rule", {"cidr_ipv4": range}, {})

good := fixtures.plan([
	rule_of("10.0.0.0/8"),
	fixtures.resource("aws_security_group_rule", {"type": "egress", "cidr_blocks": ["0.0.0.0/0"]}, {}),
])

bad := fixtures.plan([
	rule_of("0.0.0.0/0"),
	fixtures.resource("aws_security_group", {"ingress": [{"cidr_blocks": [], "ipv6_cidr_blocks": ["::/0"]}]}, {}),
	fixtures.resource("aws_security_group_rule", {"type": "ingress", "cidr_blocks": ["0.0.0.0/0"]}, {}),
])

bad_found := {
	{"address": "aws_vpc_security_group_ingress_rule.this", "message": "lets 0.0.0.0/0 in"},
	{"address": "aws_security_group.this", "message": "lets ::/0 in"},
	{"address": "aws_security_group_rule.this", "message": "lets 0.0.0.0/0 in"},
}

doubtful := fixtures.configured(
	fixtures.plan([fixtures.resource("aws_vpc_security_group_ingress_rule", {}, {"cidr_ipv4": true})]),
	{"aws_vpc_security_group_ingress_rule.this": {"cidr_ipv4": {"references": ["var.range"]}}},
)

doubtful_found := {{
	"address": "aws_vpc_security_group_ingress_rule.this",
	"message": "who may come in is known after apply",
}}

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
