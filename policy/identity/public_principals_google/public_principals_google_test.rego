package isthmus.identity.public_principals_google_test

import data.isthmus.identity.public_principals_google as rule
import data.isthmus.lib.fixtures
import rego.v1

good := fixtures.plan([fixtures.resource("google_storage_bucket_iam_member", {"member": "serviceAccount:a@b"}, {})])

bad := fixtures.plan([
	fixtures.resource("google_storage_bucket_iam_member", {"member": "allUsers"}, {}),
	fixtures.resource("google_pubsub_topic_iam_binding", {"members": ["serviceAccount:a@b", "allAuthenticatedUsers"]}, {}),
	fixtures.resource("google_storage_bucket_access_control", {"entity": "allUsers"}, {}),
])

bad_found := {
	{"address": "google_storage_bucket_iam_member.this", "message": "is for allUsers"},
	{"address": "google_pubsub_topic_iam_binding.this", "message": "is for allAuthenticatedUsers"},
	{"address": "google_storage_bucket_access_control.this", "message": "is for allUsers"},
}

doubtful := fixtures.plan([fixtures.resource("google_storage_bucket_iam_member", {}, {"member": true})])

doubtful_found := {{"address": "google_storage_bucket_iam_member.this", "message": "whom it is for is known after apply"}}

test_an_account_of_the_plan_is_not_everybody if {
	given := fixtures.configured(doubtful, {"google_storage_bucket_iam_member.this": {"member": {"references": ["google_service_account.a.member"]}}})
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
