package isthmus.networking.default_security_group_test

import data.isthmus.lib.fixtures
import data.isthmus.networking.default_security_group as rule
import rego.v1

network := fixtures.resource("aws_vpc", {"id": "vpc-1"}, {})

group(after, unknown) := fixtures.resource("aws_default_security_group", object.union({"vpc_id": "vpc-1"}, after), unknown)

good := fixtures.plan([network, group({"ingress": [], "egress": []}, {})])

bad := fixtures.plan([network, group({"ingress": [{"self": true}], "egress": []}, {})])

bad_found := {{"address": "aws_vpc.this", "message": "has no empty default security group"}}

doubtful := fixtures.configured(
	fixtures.plan([network, group({"egress": []}, {"ingress": true})]),
	{"aws_default_security_group.this": {"ingress": {"references": ["var.rules"]}}},
)

doubtful_found := {{
	"address": "aws_vpc.this",
	"message": "whether its default security group is empty is known after apply",
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
