package isthmus.encryption.kms_rotation_test

import data.isthmus.encryption.kms_rotation as rule
import data.isthmus.lib.fixtures
import rego.v1

good := fixtures.plan([
	fixtures.resource("aws_kms_key", {"enable_key_rotation": true, "key_usage": "ENCRYPT_DECRYPT"}, {}),
	fixtures.named("aws_kms_key", "signs", {"enable_key_rotation": false, "key_usage": "SIGN_VERIFY"}, {}),
])

bad := fixtures.plan([fixtures.resource("aws_kms_key", {"enable_key_rotation": false}, {})])

bad_found := {{"address": "aws_kms_key.this", "message": "doesn't rotate"}}

doubtful := fixtures.plan([fixtures.resource("aws_kms_key", {}, {"enable_key_rotation": true})])

doubtful_found := {{"address": "aws_kms_key.this", "message": "whether it rotates is known after apply"}}

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
