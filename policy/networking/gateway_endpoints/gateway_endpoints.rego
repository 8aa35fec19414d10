# METADATA
# title: Every VPC has the gateway endpoints
# description: S3 and DynamoDB are reached through gateway endpoints, which cost nothing, instead of NAT or the Internet.
# custom:
#   severity: medium
#   remedy: Add an aws_vpc_endpoint of type Gateway for s3 and one for dynamodb.
package isthmus.networking.gateway_endpoints

import data.isthmus.lib.companions
import data.isthmus.lib.plan
import data.isthmus.lib.values
import rego.v1

checked := plan.addresses({"aws_vpc"})

fail := _missing("s3") | _missing("dynamodb")

unknown := _unproved("s3") | _unproved("dynamodb")

_missing(service) := companions.missing(
	"aws_vpc", _of(service), _unnamed, ["vpc_id"],
	sprintf("has no gateway endpoint for %s", [service]),
)

_unproved(service) := companions.unproved(
	"aws_vpc", _of(service), _unnamed, ["vpc_id"],
	sprintf("whether a gateway endpoint for %s is its own is known after apply", [service]),
)

_of(service) := [endpoint |
	some endpoint in plan.of_type("aws_vpc_endpoint")
	values.value(endpoint, ["vpc_endpoint_type"]) in [null, "Gateway"]
	values.is_given(endpoint, ["service_name"])
	endswith(values.value(endpoint, ["service_name"]), concat("", [".", service]))
]

_unnamed := [endpoint | some endpoint in plan.of_type("aws_vpc_endpoint"); values.is_unknown(endpoint, ["service_name"])]
