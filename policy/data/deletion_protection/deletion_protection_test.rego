package isthmus.data.deletion_protection_test

import data.isthmus.data.deletion_protection as rule
import data.isthmus.lib.fixtures
import rego.v1

table(value) := fixtures.plan([fixtures.resource("aws_dynamodb_table", {"deletion_protection_enabled": value}, {})])

prod(given) := fixtures.varied(given, {"environment": "prod"})

good := prod(table(true))

bad := prod(table(null))

bad_found := {{"address": "aws_dynamodb_table.this", "message": "can be deleted by mistake"}}

doubtful := prod(fixtures.plan([fixtures.resource("aws_dynamodb_table", {}, {"deletion_protection_enabled": true})]))

doubtful_found := {{"address": "aws_dynamodb_table.this", "message": "whether it is protected is known after apply"}}

test_dev_needs_none if count(rule.fail) == 0 with input as fixtures.varied(table(false), {"environment": "dev"})

test_a_table_over_files_needs_none if {
	given := fixtures.plan([fixtures.resource(
		"google_bigquery_table",
		{"deletion_protection": false, "external_data_configuration": [{"source_uris": ["gs://b/*"]}]},
		{},
	)])
	count(rule.fail) == 0 with input as prod(given)
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
