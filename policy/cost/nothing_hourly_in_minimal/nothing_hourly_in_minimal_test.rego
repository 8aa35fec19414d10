package isthmus.cost.nothing_hourly_in_minimal_test

import data.isthmus.cost.nothing_hourly_in_minimal as rule
import data.isthmus.lib.fixtures
import rego.v1

balancer := fixtures.plan([fixtures.resource("aws_lb", {}, {})])

good := fixtures.profiled(balancer, "resilient")

bad := fixtures.profiled(balancer, "minimal")

bad_found := {{"address": "aws_lb.this", "message": "bills by the hour, and the profile is minimal"}}

doubtful := object.remove(balancer, {"variables"})

doubtful_found := {{"address": "aws_lb.this", "message": "the document doesn't say which cost profile it is for"}}

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
