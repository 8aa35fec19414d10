package isthmus.data.s3_lifecycle_test

import data.isthmus.data.s3_lifecycle as rule
import data.isthmus.lib.fixtures
import rego.v1

target := fixtures.resource("aws_s3_bucket", {"bucket": "it"}, {"id": true})

companion(after, unknown) := fixtures.resource("aws_s3_bucket_lifecycle_configuration", object.union({"bucket": "it"}, after), unknown)

good := fixtures.plan([target, companion({"rule": [{"status": "Enabled"}]}, {})])

bad := fixtures.plan([target, companion({"rule": [{"status": "Disabled"}]}, {})])

bad_found := {{"address": "aws_s3_bucket.this", "message": "has no lifecycle"}}

doubtful := fixtures.plan([target, companion({}, {"rule": true})])

doubtful_found := {{"address": "aws_s3_bucket.this", "message": "whether it has a lifecycle is known after apply"}}

test_one_without_any_fails if {
	found := rule.fail with input as fixtures.plan([target])
	found == bad_found
}

test_a_reference_names_it if {
	given := fixtures.configured(
		fixtures.plan([target, fixtures.resource("aws_s3_bucket_lifecycle_configuration", {"rule": [{"status": "Enabled"}]}, {"bucket": true})]),
		{"aws_s3_bucket_lifecycle_configuration.this": {"bucket": {"references": ["aws_s3_bucket.this.id", "aws_s3_bucket.this"]}}},
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

test_what_else_is_not_known_saves_nothing if {
	given := companion({"rule": [{"status": "Disabled"}]}, {"rule": [{"prefix": true}]})
	found := rule.fail with input as fixtures.plan([target, given])
	found == bad_found
}

test_a_status_that_is_not_known_is_unknown if {
	given := companion({"rule": [{}]}, {"rule": [{"status": true}]})
	count(rule.fail) == 0 with input as fixtures.plan([target, given])
	count(rule.unknown) == 1 with input as fixtures.plan([target, given])
}
