package isthmus.naming.prefix_test

import data.isthmus.lib.fixtures
import data.isthmus.naming.prefix as rule
import rego.v1

queue(name, unknown) := fixtures.varied(
	fixtures.plan([fixtures.resource("aws_sqs_queue", {"name": name}, unknown)]),
	{"prefix": "app-dev"},
)

good := queue("app-dev-work", {})

bad := queue("work", {})

bad_found := {{"address": "aws_sqs_queue.this", "message": "is named work, without the prefix app-dev"}}

doubtful := queue(null, {"name": true})

doubtful_found := {{"address": "aws_sqs_queue.this", "message": "its name is known after apply"}}

test_underscores_are_hyphens if {
	given := fixtures.plan([fixtures.resource("google_bigquery_dataset", {"dataset_id": "app_dev_archive"}, {})])
	count(rule.fail) == 0 with input as fixtures.varied(given, {"prefix": "app-dev"})
}

test_without_a_prefix_nothing_is_looked_at if {
	given := object.remove(bad, {"variables"})
	count(rule.checked) == 0 with input as given
	count(rule.fail) == 0 with input as given
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
