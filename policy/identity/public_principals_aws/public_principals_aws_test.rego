package isthmus.identity.public_principals_aws_test

import data.isthmus.identity.public_principals_aws as rule
import data.isthmus.lib.fixtures
import rego.v1

policy(principal, condition) := fixtures.resource(
	"aws_sqs_queue_policy", {"policy": json.marshal({"Statement": [{
		"Effect": "Allow",
		"Action": "sqs:SendMessage",
		"Principal": principal,
		"Resource": "*",
		"Condition": condition,
	}]})},
	{},
)

everybody := {"AWS": "*"}

good := fixtures.plan([
	policy(everybody, {"ArnEquals": {"aws:SourceArn": "arn:aws:sns:us-east-1:1:topic"}}),
	fixtures.resource(
		"aws_s3_bucket_policy", {"policy": json.marshal({"Statement": [{
			"Effect": "Deny",
			"Principal": "*",
			"Action": "s3:*",
			"Resource": "*",
		}]})},
		{},
	),
])

bad := fixtures.plan([
	policy(everybody, {"StringNotEquals": {"aws:PrincipalAccount": "1"}}),
	fixtures.resource("aws_lambda_permission", {"principal": "*"}, {}),
	fixtures.resource("aws_lambda_function_url", {"authorization_type": "NONE"}, {}),
])

bad_found := {
	{"address": "aws_sqs_queue_policy.this", "message": "lets everybody in"},
	{"address": "aws_lambda_permission.this", "message": "lets everybody call the function"},
	{"address": "aws_lambda_function_url.this", "message": "is open to everybody"},
}

doubtful := fixtures.plan([fixtures.resource("aws_sns_topic_policy", {}, {"policy": true})])

doubtful_found := {{"address": "aws_sns_topic_policy.this", "message": "whom it lets in is known after apply"}}

test_a_condition_that_all_meet_is_none if {
	given := fixtures.plan([policy("*", {"ArnLike": {"aws:SourceArn": "*"}})])
	count(rule.fail) == 1 with input as given
}

test_a_condition_of_the_wrong_kind_is_none if {
	given := fixtures.plan([policy("*", {"StringEqualsIfExists": {"aws:PrincipalAccount": "1"}})])
	count(rule.fail) == 1 with input as given
}

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
