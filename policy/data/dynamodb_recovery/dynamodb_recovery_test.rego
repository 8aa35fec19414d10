package isthmus.data.dynamodb_recovery_test

import data.isthmus.data.dynamodb_recovery as rule
import data.isthmus.lib.fixtures
import rego.v1

good := fixtures.plan([fixtures.resource("aws_dynamodb_table", {"point_in_time_recovery": [{"enabled": true}]}, {})])

bad := fixtures.plan([fixtures.resource("aws_dynamodb_table", {"point_in_time_recovery": [{"enabled": false}]}, {})])

bad_found := {{"address": "aws_dynamodb_table.this", "message": "can't be restored to a point in time"}}

doubtful := fixtures.plan([fixtures.resource("aws_dynamodb_table", {}, {"point_in_time_recovery": true})])

doubtful_found := {{"address": "aws_dynamodb_table.this", "message": "whether it can be restored to a point in time is known after apply"}}

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

# The provider would decide: it leaves it off.
test_a_block_that_is_left_out_fails if {
	given := fixtures.referring(doubtful, {"name": {"constant_value": "lock"}})
	found := rule.fail with input as given
	found == bad_found
	count(rule.unknown) == 0 with input as given
}

test_a_block_whose_value_is_not_known_is_unknown if {
	table := fixtures.resource("aws_dynamodb_table", {}, {"point_in_time_recovery": [{"enabled": true}]})
	block := {"point_in_time_recovery": [{"enabled": {"references": ["aws_ssm_parameter.on.value"]}}]}
	static := fixtures.referring(fixtures.plan([table]), block)
	count(rule.fail) == 0 with input as static
	count(rule.unknown) == 1 with input as static

	# Of a dynamic block the configuration says nothing.
	dynamic := fixtures.referring(fixtures.plan([table]), {"name": {"constant_value": "lock"}})
	count(rule.fail) == 0 with input as dynamic
	count(rule.unknown) == 1 with input as dynamic
}
