package isthmus.cost.no_nat_in_minimal_test

import data.isthmus.cost.no_nat_in_minimal as rule
import data.isthmus.lib.fixtures
import rego.v1

gateway := fixtures.plan([fixtures.resource("aws_nat_gateway", {}, {})])

good := fixtures.profiled(gateway, "balanced")

bad := fixtures.profiled(gateway, "minimal")

bad_found := {{
	"address": "aws_nat_gateway.this",
	"message": "has a fixed price by the hour, and the profile is minimal",
}}

doubtful := object.remove(gateway, {"variables"})

doubtful_found := {{
	"address": "aws_nat_gateway.this",
	"message": "the document doesn't say which cost profile it is for",
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
