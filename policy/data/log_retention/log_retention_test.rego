package isthmus.data.log_retention_test

import data.isthmus.data.log_retention as rule
import data.isthmus.lib.fixtures
import rego.v1

group(days, unknown) := fixtures.plan([fixtures.resource("aws_cloudwatch_log_group", {"retention_in_days": days}, unknown)])

good := group(7, {})

bad := group(0, {})

bad_found := {{"address": "aws_cloudwatch_log_group.this", "message": "keeps logs for ever"}}

doubtful := group(null, {"retention_in_days": true})

doubtful_found := {{"address": "aws_cloudwatch_log_group.this", "message": "how long it keeps logs is known after apply"}}

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
