package isthmus.identity.permissions_boundary_test

import data.isthmus.identity.permissions_boundary as rule
import data.isthmus.lib.fixtures
import rego.v1

role(boundary, unknown) := fixtures.resource("aws_iam_role", {"permissions_boundary": boundary}, unknown)

good := fixtures.plan([role("arn:aws:iam::1:policy/boundary", {})])

bad := fixtures.plan([role(null, {})])

bad_found := {{"address": "aws_iam_role.this", "message": "has no permissions boundary"}}

doubtful := fixtures.plan([role(null, {"permissions_boundary": true})])

doubtful_found := {{"address": "aws_iam_role.this", "message": "whether it has a boundary is known after apply"}}

test_a_policy_of_the_plan_is_a_boundary if {
	given := fixtures.configured(doubtful, {"aws_iam_role.this": {"permissions_boundary": {"references": ["aws_iam_policy.this.arn"]}}})
	count(rule.unknown) == 0 with input as given
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
