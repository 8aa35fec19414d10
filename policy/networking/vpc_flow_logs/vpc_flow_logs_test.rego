package isthmus.networking.vpc_flow_logs_test

import data.isthmus.lib.fixtures
import data.isthmus.networking.vpc_flow_logs as rule
import rego.v1

network := fixtures.resource("aws_vpc", {"cidr_block": "10.0.0.0/16"}, {"id": true})

log(after) := fixtures.resource("aws_flow_log", after, {"vpc_id": true})

good := fixtures.configured(
	fixtures.plan([network, log({"traffic_type": "ALL"})]),
	{"aws_flow_log.this": {"vpc_id": {"references": ["aws_vpc.this.id", "aws_vpc.this"]}}},
)

bad := fixtures.configured(
	fixtures.plan([network, log({"traffic_type": "REJECT"})]),
	{"aws_flow_log.this": {"vpc_id": {"references": ["aws_vpc.this.id", "aws_vpc.this"]}}},
)

bad_found := {{"address": "aws_vpc.this", "message": "has no flow log of all traffic"}}

doubtful := fixtures.plan([network, log({"traffic_type": "ALL"})])

doubtful_found := {{"address": "aws_vpc.this", "message": "whether a flow log is its own is known after apply"}}

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
