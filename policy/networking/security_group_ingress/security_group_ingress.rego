# METADATA
# title: Security groups let nobody in from everywhere
# description: No security group and no rule of one has an ingress from 0.0.0.0/0 or ::/0.
# custom:
#   severity: high
#   remedy: Give the addresses that may come in, or a security group; public traffic comes through the API gateway.
package isthmus.networking.security_group_ingress

import data.isthmus.lib.networks
import data.isthmus.lib.plan
import data.isthmus.lib.values
import rego.v1

_types := ["aws_security_group", "aws_default_security_group", "aws_vpc_security_group_ingress_rule", "aws_security_group_rule"]

checked := {resource.address | some resource in plan.of_types(_types); _lets_in(resource)}

fail := {values.finding(resource, sprintf("lets %s in", [range])) |
	some resource in plan.of_types(_types)
	_lets_in(resource)
	some range in _ranges(resource)
	networks.is_everywhere(range)
}

unknown := {values.finding(resource, "who may come in is known after apply") |
	some resource in plan.of_types(_types)
	_lets_in(resource)
	some path in _paths(resource)
	values.is_open(resource, path)
	not values.is_computed(resource, path)
}

_lets_in(resource) if resource.type != "aws_security_group_rule"

_lets_in(resource) if values.value(resource, ["type"]) == "ingress"

_paths(resource) := [["ingress"]] if resource.type in ["aws_security_group", "aws_default_security_group"]

_paths(resource) := [["cidr_ipv4"], ["cidr_ipv6"]] if resource.type == "aws_vpc_security_group_ingress_rule"

_paths(resource) := [["cidr_blocks"], ["ipv6_cidr_blocks"]] if resource.type == "aws_security_group_rule"

# Every string that is there: a range, or something that is none.
_ranges(resource) := {text |
	some path in _paths(resource)
	walk(values.value(resource, path), [_, text])
	is_string(text)
}
