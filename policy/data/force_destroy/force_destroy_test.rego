package isthmus.data.force_destroy_test

import data.isthmus.data.force_destroy as rule
import data.isthmus.lib.fixtures
import rego.v1

bucket(value) := fixtures.plan([fixtures.resource("aws_s3_bucket", {"force_destroy": value}, {})])

prod(given) := fixtures.varied(given, {"environment": "prod"})

good := prod(bucket(false))

bad := prod(bucket(true))

bad_found := {{"address": "aws_s3_bucket.this", "message": "is destroyed with what is in it"}}

doubtful := prod(fixtures.plan([fixtures.resource("aws_s3_bucket", {}, {"force_destroy": true})]))

doubtful_found := {{
	"address": "aws_s3_bucket.this",
	"message": "whether it is destroyed with what is in it is known after apply",
}}

test_dev_may_be_destroyed if {
	count(rule.fail) == 0 with input as fixtures.varied(bucket(true), {"environment": "dev"})
}

test_an_environment_can_protect_itself if {
	count(rule.fail) == 1 with input as fixtures.varied(bucket(true), {"environment": "dev", "deletion_protection": true})
}

test_without_an_environment_it_is_unknown if {
	given := object.remove(bucket(true), {"variables"})
	count(rule.fail) == 0 with input as given
	count(rule.unknown) == 1 with input as given
	count(rule.unknown) == 0 with input as given with data.variables as {"environment": "dev"}
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
