package isthmus.data.sns_dead_letters_test

import data.isthmus.data.sns_dead_letters as rule
import data.isthmus.lib.fixtures
import rego.v1

subscription(protocol, redrive, unknown) := fixtures.named(
	"aws_sns_topic_subscription",
	protocol,
	{"protocol": protocol, "redrive_policy": redrive},
	unknown,
)

good := fixtures.plan([subscription("sqs", `{"deadLetterTargetArn":"a"}`, {}), subscription("email", null, {})])

bad := fixtures.plan([subscription("sqs", null, {})])

bad_found := {{"address": "aws_sns_topic_subscription.sqs", "message": "has no dead-letter queue"}}

doubtful := fixtures.plan([subscription("sqs", null, {"redrive_policy": true})])

doubtful_found := {{"address": "aws_sns_topic_subscription.sqs", "message": "its dead-letter queue is known after apply"}}

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
