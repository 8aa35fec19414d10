package isthmus.identity.github_trust_google_test

import data.isthmus.identity.github_trust_google as rule
import data.isthmus.lib.fixtures
import rego.v1

provider(condition, unknown) := fixtures.resource(
	"google_iam_workload_identity_pool_provider",
	{"oidc": [{"issuer_uri": "https://token.actions.githubusercontent.com"}], "attribute_condition": condition},
	unknown,
)

ids := "assertion.repository_id == '42' && assertion.repository_owner_id == '7'"

good := fixtures.plan([provider(ids, {})])

bad := fixtures.plan([provider("assertion.repository == 'a/b'", {})])

bad_found := {
	{"address": "google_iam_workload_identity_pool_provider.this", "message": "asks for no repository_id"},
	{"address": "google_iam_workload_identity_pool_provider.this", "message": "asks for no repository_owner_id"},
}

doubtful := fixtures.plan([provider(null, {"attribute_condition": true})])

doubtful_found := {{
	"address": "google_iam_workload_identity_pool_provider.this",
	"message": "its condition is known after apply",
}}

test_an_alternative_is_no_condition if {
	given := fixtures.plan([provider(concat(" || ", [ids, "true"]), {})])
	count(rule.fail) == 2 with input as given
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
