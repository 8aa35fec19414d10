package isthmus.data.s3_public_access_test

import data.isthmus.data.s3_public_access as rule
import data.isthmus.lib.fixtures
import rego.v1

target := fixtures.resource("aws_s3_bucket", {"bucket": "it"}, {"id": true})

companion(after, unknown) := fixtures.resource("aws_s3_bucket_public_access_block", object.union({"bucket": "it"}, after), unknown)

good := fixtures.plan([target, companion({"block_public_acls": true, "block_public_policy": true, "ignore_public_acls": true, "restrict_public_buckets": true}, {})])

bad := fixtures.plan([target, companion({"block_public_acls": true, "block_public_policy": false, "ignore_public_acls": true, "restrict_public_buckets": true}, {})])

bad_found := {{"address": "aws_s3_bucket.this", "message": "doesn't block public access"}}

doubtful := fixtures.plan([target, companion({}, {"block_public_policy": true})])

doubtful_found := {{"address": "aws_s3_bucket.this", "message": "whether it blocks public access is known after apply"}}

test_one_without_any_fails if {
	found := rule.fail with input as fixtures.plan([target])
	found == bad_found
}

test_a_reference_names_it if {
	given := fixtures.configured(
		fixtures.plan([target, fixtures.resource("aws_s3_bucket_public_access_block", {"block_public_acls": true, "block_public_policy": true, "ignore_public_acls": true, "restrict_public_buckets": true}, {"bucket": true})]),
		{"aws_s3_bucket_public_access_block.this": {"bucket": {"references": ["aws_s3_bucket.this.id", "aws_s3_bucket.this"]}}},
	)
	count(rule.fail) == 0 with input as given
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
