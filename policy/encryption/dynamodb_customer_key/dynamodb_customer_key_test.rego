package isthmus.encryption.dynamodb_customer_key_test

import data.isthmus.encryption.dynamodb_customer_key as rule
import data.isthmus.lib.fixtures
import rego.v1

known(values) := fixtures.plan([fixtures.resource("aws_dynamodb_table", values, {})])

unproved := fixtures.plan([fixtures.resource("aws_dynamodb_table", {}, {"server_side_encryption": [{"kms_key_arn": true}]})])

test_a_key_passes if {
	given := known({"server_side_encryption": [{"kms_key_arn": "arn:aws:kms:us-east-1:1:key/1"}]})
	count(rule.checked) == 1 with input as given
	count(rule.fail) == 0 with input as given
	count(rule.unknown) == 0 with input as given
}

test_no_key_fails if {
	found := rule.fail with input as known({})
	found == {{"address": "aws_dynamodb_table.this", "message": "has no customer key"}}
}

test_a_key_that_nothing_proves_is_unknown if {
	count(rule.fail) == 0 with input as unproved
	count(rule.unknown) == 1 with input as unproved
}

test_a_reference_to_a_key_proves_it if {
	given := fixtures.referring(unproved, {"server_side_encryption": [{"kms_key_arn": {"references": ["aws_kms_key.domain.arn", "aws_kms_key.domain"]}}]})
	count(rule.fail) == 0 with input as given
	count(rule.unknown) == 0 with input as given
}
