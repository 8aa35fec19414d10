package isthmus.data.gcs_lifecycle_test

import data.isthmus.data.gcs_lifecycle as rule
import data.isthmus.lib.fixtures
import rego.v1

bucket(after, unknown) := fixtures.plan([fixtures.resource("google_storage_bucket", after, unknown)])

good := bucket({"lifecycle_rule": [{"action": [{"type": "Delete"}]}]}, {})

bad := bucket({"lifecycle_rule": []}, {})

bad_found := {{"address": "google_storage_bucket.this", "message": "has no lifecycle"}}

doubtful := bucket({}, {"lifecycle_rule": true})

doubtful_found := {{"address": "google_storage_bucket.this", "message": "whether it has a lifecycle is known after apply"}}

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
