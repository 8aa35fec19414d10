package isthmus.identity.service_principals_test

import data.isthmus.identity.service_principals as rule
import data.isthmus.lib.fixtures
import rego.v1

policy(condition) := fixtures.resource(
	"aws_sns_topic_policy", {"policy": json.marshal({"Statement": [{
		"Effect": "Allow",
		"Action": "sns:Publish",
		"Principal": {"Service": "budgets.amazonaws.com"},
		"Resource": "*",
		"Condition": condition,
	}]})},
	{},
)

good := fixtures.plan([policy({"StringEquals": {"aws:SourceAccount": "1"}})])

bad := fixtures.plan([policy({})])

bad_found := {{"address": "aws_sns_topic_policy.this", "message": "lets budgets.amazonaws.com in for everybody"}}

doubtful := fixtures.plan([fixtures.resource("aws_sns_topic_policy", {}, {"policy": true})])

doubtful_found := {{"address": "aws_sns_topic_policy.this", "message": "which services it lets in is known after apply"}}

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
