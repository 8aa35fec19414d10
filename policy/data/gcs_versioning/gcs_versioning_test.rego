package isthmus.data.gcs_versioning_test

import data.isthmus.data.gcs_versioning as rule
import data.isthmus.lib.fixtures
import rego.v1

good := fixtures.plan([fixtures.resource("google_storage_bucket", {"versioning": [{"enabled": true}]}, {})])

bad := fixtures.plan([fixtures.resource("google_storage_bucket", {"versioning": [{"enabled": false}]}, {})])

bad_found := {{"address": "google_storage_bucket.this", "message": "has no versioning"}}

doubtful := fixtures.plan([fixtures.resource("google_storage_bucket", {}, {"versioning": true})])

doubtful_found := {{"address": "google_storage_bucket.this", "message": "whether it has versioning is known after apply"}}

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
