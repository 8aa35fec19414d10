package isthmus.encryption.s3_customer_key_test

import data.isthmus.encryption.s3_customer_key as rule
import data.isthmus.lib.fixtures
import rego.v1

encryption(key, unknown) := fixtures.plan([fixtures.resource(
	"aws_s3_bucket_server_side_encryption_configuration",
	{"rule": [{"apply_server_side_encryption_by_default": [{"kms_master_key_id": key}]}]},
	unknown,
)])

test_a_key_passes if {
	given := encryption("arn:aws:kms:us-east-1:1:key/1", {})
	count(rule.fail) == 0 with input as given
	count(rule.unknown) == 0 with input as given
	count(rule.checked) == 1 with input as given
}

test_no_key_fails if {
	found := rule.fail with input as encryption(null, {})
	found == {{"address": "aws_s3_bucket_server_side_encryption_configuration.this", "message": "has no customer key"}}
}

test_a_key_of_the_service_fails if {
	found := rule.fail with input as encryption("alias/aws/s3", {})
	count(found) == 1
}

test_a_key_that_nothing_proves_is_unknown if {
	unknown := {"rule": [{"apply_server_side_encryption_by_default": [{"kms_master_key_id": true}]}]}
	count(rule.unknown) == 1 with input as encryption(null, unknown)
}

test_a_reference_to_a_key_proves_it if {
	unknown := {"rule": [{"apply_server_side_encryption_by_default": [{"kms_master_key_id": true}]}]}
	expressions := {"rule": [{"apply_server_side_encryption_by_default": [{"kms_master_key_id": {"references": [
		"aws_kms_key.storage.arn",
		"aws_kms_key.storage",
	]}}]}]}
	given := fixtures.referring(encryption(null, unknown), expressions)
	count(rule.unknown) == 0 with input as given
	count(rule.fail) == 0 with input as given
}

# The provider would decide: it takes the service's key.
test_a_key_that_is_left_out_fails if {
	unknown := {"rule": [{"apply_server_side_encryption_by_default": [{"kms_master_key_id": true}]}]}
	expressions := {"rule": [{"apply_server_side_encryption_by_default": [{"sse_algorithm": {"constant_value": "AES256"}}]}]}
	given := fixtures.referring(encryption(null, unknown), expressions)
	count(rule.fail) == 1 with input as given
	count(rule.unknown) == 0 with input as given
}
