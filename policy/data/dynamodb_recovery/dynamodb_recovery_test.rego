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
