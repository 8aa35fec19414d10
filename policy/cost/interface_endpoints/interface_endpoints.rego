# METADATA
# title: There are no more interface endpoints than the profile pays for
# description: >-
#   Each interface endpoint bills by the hour and zone. minimal has none, balanced at most 3, resilient at most 8.
# custom:
#   severity: medium
#   remedy: Remove endpoints, or take another cost profile; below about 160 GB a month NAT is cheaper.
package isthmus.cost.interface_endpoints

import data.isthmus.lib.plan
import data.isthmus.lib.profile
import data.isthmus.lib.values
import rego.v1

_most := {"minimal": 0, "balanced": 3, "resilient": 8}

_interfaces := [endpoint |
	some endpoint in plan.of_type("aws_vpc_endpoint")
	values.value(endpoint, ["vpc_endpoint_type"]) == "Interface"
]

_open := [endpoint |
	some endpoint in plan.of_type("aws_vpc_endpoint")
	values.is_unknown(endpoint, ["vpc_endpoint_type"])
	not values.is_computed(endpoint, ["vpc_endpoint_type"])
]

checked := {endpoint.address | some endpoint in _interfaces}

_found(most) := {values.finding(endpoint, sprintf("is one of %d interface endpoints; the profile has %d", [count(_interfaces), most])) |
	some endpoint in _interfaces
	count(_interfaces) > most
}

fail := _found(object.get(_most, profile.name, 8))

unknown := profile.untold(_found(0)) | {values.finding(endpoint, "its type is known after apply") | some endpoint in _open}
