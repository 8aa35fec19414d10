package isthmus.identity.primitive_roles_test

import data.isthmus.identity.primitive_roles as rule
import data.isthmus.lib.fixtures
import rego.v1

grant(role, unknown) := fixtures.resource("google_project_iam_member", {"role": role}, unknown)

good := fixtures.plan([grant("roles/storage.objectViewer", {})])

bad := fixtures.plan([grant("roles/editor", {})])

bad_found := {{"address": "google_project_iam_member.this", "message": "grants roles/editor"}}

doubtful := fixtures.plan([grant(null, {"role": true})])

doubtful_found := {{"address": "google_project_iam_member.this", "message": "its role is known after apply"}}

test_who_grants_certain_roles_only_is_no_owner if {
	expression := "api.getAttribute('iam.googleapis.com/modifiedGrantsByRole', []).hasOnly(['roles/run.invoker'])"
	admin := {"role": "roles/resourcemanager.projectIamAdmin"}
	limited := object.union(admin, {"condition": [{"expression": expression}]})
	count(rule.fail) == 0 with input as fixtures.plan([fixtures.resource("google_project_iam_member", limited, {})])
	count(rule.fail) == 1 with input as fixtures.plan([fixtures.resource("google_project_iam_member", admin, {})])
}

test_a_custom_role_is_none if {
	given := fixtures.configured(doubtful, {"google_project_iam_member.this": {"role": {"references": ["google_project_iam_custom_role.apply.id"]}}})
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
