# METADATA
# title: Nobody gets a primitive role
# description: >-
#   Neither owner, editor and viewer nor a role that administers a whole project is granted on a project, folder or
#   organisation.
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

_primitive := {"roles/owner", "roles/editor", "roles/viewer", "roles/resourcemanager.projectIamAdmin", "roles/iam.securityAdmin"}

checked := values.checked(_paths)

fail := {values.finding(grant, sprintf("grants %s", [role])) |
	some grant in plan.of_types(_types)
	role := values.value(grant, ["role"])
	role in _primitive
}

unknown := {values.finding(grant, "its role is known after apply") |
	some grant in plan.of_types(_types)
	values.is_unknown(grant, ["role"])
	not values.is_from(grant, ["role"], ["google_project_iam_custom_role", "google_organization_iam_custom_role"])
}
