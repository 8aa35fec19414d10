package isthmus.networking.gateway_endpoints_test

import data.isthmus.lib.fixtures
import data.isthmus.networking.gateway_endpoints as rule
import rego.v1

network := fixtures.resource("aws_vpc", {"id": "vpc-1"}, {})

endpoint(service, vpc, unknown) := fixtures.named(
	"aws_vpc_endpoint", service,
	{"service_name": sprintf("com.amazonaws.us-east-1.%s", [service]), "vpc_id": vpc, "vpc_endpoint_type": "Gateway"},
	unknown,
)

good := fixtures.plan([network, endpoint("s3", "vpc-1", {}), endpoint("dynamodb", "vpc-1", {})])

bad := fixtures.plan([network, endpoint("s3", "vpc-1", {}), endpoint("dynamodb", "vpc-2", {})])

bad_found := {{"address": "aws_vpc.this", "message": "has no gateway endpoint for dynamodb"}}

doubtful := fixtures.plan([network, endpoint("s3", "vpc-1", {}), endpoint("dynamodb", null, {"vpc_id": true})])

doubtful_found := {{
	"address": "aws_vpc.this",
	"message": "whether a gateway endpoint for dynamodb is its own is known after apply",
}}

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
