package isthmus.cost.log_retention_test

import data.isthmus.cost.log_retention as rule
import data.isthmus.lib.fixtures
import rego.v1

group(days, unknown) := fixtures.plan([fixtures.resource("aws_cloudwatch_log_group", {"retention_in_days": days}, unknown)])

good := fixtures.profiled(group(30, {}), "balanced")

bad := fixtures.profiled(group(30, {}), "minimal")

bad_found := {{"address": "aws_cloudwatch_log_group.this", "message": "keeps logs for 30 days; the profile has 7"}}

doubtful := group(null, {"retention_in_days": true})

doubtful_found := {{"address": "aws_cloudwatch_log_group.this", "message": "how long it keeps logs is known after apply"}}

test_without_a_profile_it_is_unknown if {
	given := object.remove(bad, {"variables"})
	count(rule.fail) == 0 with input as given
	count(rule.unknown) == 1 with input as given
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
