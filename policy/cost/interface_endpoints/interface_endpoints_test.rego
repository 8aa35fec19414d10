package isthmus.cost.interface_endpoints_test

import data.isthmus.cost.interface_endpoints as rule
import data.isthmus.lib.fixtures
import rego.v1

endpoint(name) := fixtures.named("aws_vpc_endpoint", name, {"vpc_endpoint_type": "Interface"}, {})

good := fixtures.profiled(fixtures.plan([endpoint("a"), endpoint("b"), endpoint("c")]), "balanced")

bad := fixtures.profiled(fixtures.plan([endpoint("a")]), "minimal")

bad_found := {{
	"address": "aws_vpc_endpoint.a",
	"message": "is one of 1 interface endpoints; the profile has 0",
}}

doubtful := object.remove(bad, {"variables"})

doubtful_found := {{"address": "aws_vpc_endpoint.a", "message": "the document doesn't say which cost profile it is for"}}

test_balanced_has_three if {
	given := fixtures.profiled(fixtures.plan([endpoint("a"), endpoint("b"), endpoint("c"), endpoint("d")]), "balanced")
	count(rule.fail) == 4 with input as given
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
