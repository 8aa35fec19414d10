package isthmus.identity.no_users_test

import data.isthmus.identity.no_users as rule
import data.isthmus.lib.fixtures
import rego.v1

good := fixtures.plan([fixtures.resource("aws_iam_role", {}, {})])

bad := fixtures.plan([fixtures.resource("aws_iam_user", {}, {}), fixtures.resource("aws_iam_access_key", {}, {})])

bad_found := {
	{"address": "aws_iam_user.this", "message": "is, or belongs to, a user with a lasting secret"},
	{"address": "aws_iam_access_key.this", "message": "is, or belongs to, a user with a lasting secret"},
}

test_what_is_asked_for_passes if count(rule.fail) == 0 with input as good

test_what_it_forbids_fails if {
	found := rule.fail with input as bad
	found == bad_found
}

test_nothing_of_it_is_unknown if {
	count(rule.unknown) == 0 with input as bad
}
