# METADATA
# title: Every role has a boundary
# description: Each role has a permissions boundary. The roles of CI are bounded by their own policies and waived by name.
# custom:
#   severity: high
#   remedy: Set permissions_boundary of aws_iam_role to the foundation's boundary.
package isthmus.identity.permissions_boundary

import data.isthmus.lib.plan
import data.isthmus.lib.values
import rego.v1

_paths := {"aws_iam_role": ["permissions_boundary"], "aws_iam_user": ["permissions_boundary"]}

checked := values.checked(_paths)

fail := values.others(_paths, _given, "has no permissions boundary")

_given := {boundary |
	some type, path in _paths
	some resource in plan.of_type(type)
	values.is_given(resource, path)
	boundary := values.value(resource, path)
}

unknown := {values.finding(resource, "whether it has a boundary is known after apply") |
	some type, path in _paths
	some resource in plan.of_type(type)
	values.is_unknown(resource, path)
	not values.is_from(resource, path, ["aws_iam_policy", "data.aws_iam_policy"])
}
