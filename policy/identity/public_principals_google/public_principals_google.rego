# METADATA
# title: No grant on Google Cloud is for everybody
# description: No member of a grant is allUsers or allAuthenticatedUsers.
# custom:
#   severity: high
#   remedy: Name the service accounts, groups or federated identities that need it.
package isthmus.identity.public_principals_google

import data.isthmus.lib.plan
import data.isthmus.lib.values
import rego.v1

_everybody := {"allUsers", "allAuthenticatedUsers"}

# Grants are types of their own for each service.
_grants := [resource |
	some resource in plan.resources
	regex.match(`^google_.*_(iam_member|iam_binding|access|access_control|acl)$`, resource.type)
]

checked := {grant.address | some grant in _grants}

fail := {values.finding(grant, sprintf("is for %s", [who])) |
	some grant in _grants
	some who in _members(grant)
	who in _everybody
}

# An open member is one of the configuration's own accounts, or it isn't told.
unknown := {values.finding(grant, "whom it is for is known after apply") |
	some grant in _grants
	some path in [["member"], ["members"]]
	values.is_open(grant, path)
	not values.is_from(grant, path, _identities)
}

_identities := [
	"google_service_account", "google_project_service_identity", "google_iam_workload_identity_pool",
	"google_logging_project_sink", "google_storage_transfer_job", "google_monitoring_notification_channel",
	"data.google_storage_project_service_account", "data.google_bigquery_default_service_account",
	"data.google_logging_project_cmek_settings", "data.google_storage_transfer_project_service_account",
]

_members(grant) := {who |
	some name in ["member", "entity", "special_group", "iam_member"]
	who := object.get(grant.values, name, null)
	is_string(who)
} | {who | some who in values.list(grant, ["members"])}
