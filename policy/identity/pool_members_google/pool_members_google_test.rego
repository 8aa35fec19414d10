package isthmus.identity.pool_members_google_test

import data.isthmus.identity.pool_members_google as rule
import data.isthmus.lib.fixtures
import rego.v1

pool := "principalSet://iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/"

member(end) := fixtures.resource(
	"google_service_account_iam_member",
	{"role": "roles/iam.workloadIdentityUser", "member": concat("", [pool, end])},
	{},
)

binding(end) := fixtures.resource(
	"google_service_account_iam_binding",
	{"role": "roles/iam.workloadIdentityUser", "members": [concat("", [pool, end])]},
	{},
)

good := fixtures.plan([member("attribute.aws_role/bridge"), binding("attribute.access/plan")])

bad := fixtures.plan([member("*"), binding("*")])

bad_found := {
	{"address": "google_service_account_iam_member.this", "message": "lets the whole pool in"},
	{"address": "google_service_account_iam_binding.this", "message": "lets the whole pool in"},
}

doubtful := fixtures.plan([fixtures.resource(
	"google_service_account_iam_member",
	{"role": "roles/iam.workloadIdentityUser"},
	{"member": true},
)])

doubtful_found := {{
	"address": "google_service_account_iam_member.this",
	"message": "whom it lets in is known after apply",
}}

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
