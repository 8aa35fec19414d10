package isthmus.data.gcs_public_access_test

import data.isthmus.data.gcs_public_access as rule
import data.isthmus.lib.fixtures
import rego.v1

good := fixtures.plan([fixtures.resource("google_storage_bucket", {"public_access_prevention": "enforced"}, {})])

bad := fixtures.plan([fixtures.resource("google_storage_bucket", {"public_access_prevention": "inherited"}, {})])

bad_found := {{"address": "google_storage_bucket.this", "message": "doesn't prevent public access"}}

doubtful := fixtures.plan([fixtures.resource("google_storage_bucket", {}, {"public_access_prevention": true})])

doubtful_found := {{"address": "google_storage_bucket.this", "message": "whether it prevents public access is known after apply"}}

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
