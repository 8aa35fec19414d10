# METADATA
# title: Nobody gets a primitive role
# description: >-
#   Neither owner, editor and viewer nor, without a condition on which roles, one that grants others is granted on a
#   project, folder or organisation.
# custom:
#   severity: high
#   remedy: Grant predefined roles of the services, or a custom role, on the resource instead of the project.
package isthmus.identity.primitive_roles

import data.isthmus.lib.plan
import data.isthmus.lib.values
import rego.v1

_types := [
	"google_project_iam_member", "google_project_iam_binding",
	"google_folder_iam_member", "google_folder_iam_binding",
	"google_organization_iam_member", "google_organization_iam_binding",
]

_paths := {type: ["role"] | some type in _types}

_primitive := {"roles/owner", "roles/editor", "roles/viewer"}

# Who has one of these can give everybody everything, unless a condition says which roles.
_administers := {"roles/iam.securityAdmin", "roles/resourcemanager.folderIamAdmin", "roles/resourcemanager.projectIamAdmin"}

checked := values.checked(_paths)

fail := {values.finding(grant, sprintf("grants %s", [role])) |
	some grant in plan.of_types(_types)
	role := values.value(grant, ["role"])
	role in (_primitive | _administers)
	not _is_limited(grant, role)
}

_is_limited(grant, role) if {
	role in _administers
	expression := object.get(grant.values, ["condition", 0, "expression"], null)
	is_string(expression)
	regex.match(`api\.getAttribute\('iam\.googleapis\.com/modifiedGrantsByRole', *\[\]\)\.hasOnly\(\[`, expression)
}

unknown := {values.finding(grant, "its role is known after apply") |
	some grant in plan.of_types(_types)
	values.is_unknown(grant, ["role"])
	not values.is_from(grant, ["role"], ["google_project_iam_custom_role", "google_organization_iam_custom_role"])
}
