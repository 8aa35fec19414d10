package isthmus.data.s3_versioning_test

import data.isthmus.data.s3_versioning as rule
import data.isthmus.lib.fixtures
import rego.v1

target := fixtures.resource("aws_s3_bucket", {"bucket": "it"}, {"id": true})

companion(after, unknown) := fixtures.resource("aws_s3_bucket_versioning", object.union({"bucket": "it"}, after), unknown)

good := fixtures.plan([target, companion({"versioning_configuration": [{"status": "Enabled"}]}, {})])

bad := fixtures.plan([target, companion({"versioning_configuration": [{"status": "Suspended"}]}, {})])

bad_found := {{"address": "aws_s3_bucket.this", "message": "has no versioning"}}

doubtful := fixtures.plan([target, companion({}, {"versioning_configuration": true})])

doubtful_found := {{"address": "aws_s3_bucket.this", "message": "whether it has versioning is known after apply"}}

test_one_without_any_fails if {
	found := rule.fail with input as fixtures.plan([target])
	found == bad_found
}

test_a_reference_names_it if {
	given := fixtures.configured(
		fixtures.plan([target, fixtures.resource("aws_s3_bucket_versioning", {"versioning_configuration": [{"status": "Enabled"}]}, {"bucket": true})]),
		{"aws_s3_bucket_versioning.this": {"bucket": {"references": ["aws_s3_bucket.this.id", "aws_s3_bucket.this"]}}},
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
	given := companion({"versioning_configuration": [{"status": "Suspended"}]}, {"versioning_configuration": [{"mfa_delete": true}]})
	found := rule.fail with input as fixtures.plan([target, given])
	found == bad_found
}
