package isthmus.data.gcs_uniform_access_test

import data.isthmus.data.gcs_uniform_access as rule
import data.isthmus.lib.fixtures
import rego.v1

good := fixtures.plan([fixtures.resource("google_storage_bucket", {"uniform_bucket_level_access": true}, {})])

bad := fixtures.plan([fixtures.resource("google_storage_bucket", {"uniform_bucket_level_access": false}, {})])

bad_found := {{"address": "google_storage_bucket.this", "message": "has no uniform access"}}

doubtful := fixtures.plan([fixtures.resource("google_storage_bucket", {}, {"uniform_bucket_level_access": true})])

doubtful_found := {{"address": "google_storage_bucket.this", "message": "whether it has uniform access is known after apply"}}

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
