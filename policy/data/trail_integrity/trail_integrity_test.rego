package isthmus.data.trail_integrity_test

import data.isthmus.data.trail_integrity as rule
import data.isthmus.lib.fixtures
import rego.v1

trail(regions, digests, unknown) := fixtures.plan([fixtures.resource(
	"aws_cloudtrail",
	{"is_multi_region_trail": regions, "enable_log_file_validation": digests},
	unknown,
)])

good := trail(true, true, {})

bad := trail(false, null, {})

bad_found := {
	{"address": "aws_cloudtrail.this", "message": "covers one region only"},
	{"address": "aws_cloudtrail.this", "message": "isn't validated"},
}

doubtful := trail(true, null, {"enable_log_file_validation": true})

doubtful_found := {{"address": "aws_cloudtrail.this", "message": "whether it is validated is known after apply"}}

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
