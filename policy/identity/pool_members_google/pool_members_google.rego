# METADATA
# title: No service account is taken by a whole workload identity pool
# description: >-
#   Who may become a service account by a workload identity pool, of GitHub's tokens or of AWS's roles, is told by an
#   attribute or a subject. The whole pool is everybody whom its providers let in, now and later.
# custom:
#   severity: high
#   remedy: Name an attribute or a subject of the pool in the member, such as attribute.aws_role/ROLE, and never `/*`.
package isthmus.identity.pool_members_google

import data.isthmus.lib.plan
import data.isthmus.lib.values
import rego.v1

_members := [member |
	some member in plan.of_types(["google_service_account_iam_member", "google_service_account_iam_binding"])
	values.value(member, ["role"]) == "roles/iam.workloadIdentityUser"
]

checked := {member.address | some member in _members}

fail := {values.finding(member, "lets the whole pool in") |
	some member in _members
	some who in array.concat([object.get(member.values, "member", null)], values.list(member, ["members"]))
	is_string(who)
	startswith(who, "principalSet:")
	endswith(who, "/*")
}

unknown := {values.finding(member, "whom it lets in is known after apply") |
	some member in _members
	some path in [["member"], ["members"]]
	values.is_open(member, path)
}
