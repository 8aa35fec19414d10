# METADATA
# title: The default security group of every VPC is empty
# description: Terraform adopts the default group of each VPC, without a rule; what is made without a group gets this one.
# custom:
#   severity: medium
#   remedy: Add an aws_default_security_group for the VPC, with no ingress and no egress.
package isthmus.networking.default_security_group

import data.isthmus.lib.companions
import data.isthmus.lib.plan
import data.isthmus.lib.values
import rego.v1

_groups := plan.of_type("aws_default_security_group")

_good := [group | some group in _groups; every name in ["ingress", "egress"] { _is_empty(group, [name]) }]

_doubtful := [group |
	some group in _groups
	every name in ["ingress", "egress"] {
		_may_be_empty(group, [name])
	}
]

# Adopting the group removes its rules; without a block there is none.
_is_empty(group, path) if {
	values.is_known(group, path)
	not values.is_given(group, path)
}

_is_empty(group, path) if {
	values.is_unknown(group, path)
	values.is_computed(group, path)
}

_may_be_empty(group, path) if values.is_unknown(group, path)

_may_be_empty(group, path) if not values.is_given(group, path)

checked := plan.addresses({"aws_vpc"})

fail := companions.missing("aws_vpc", _good, _doubtful, ["vpc_id"], "has no empty default security group")

unknown := companions.unproved(
	"aws_vpc", _good, _doubtful, ["vpc_id"],
	"whether its default security group is empty is known after apply",
)
