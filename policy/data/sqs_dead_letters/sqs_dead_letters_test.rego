package isthmus.data.sqs_dead_letters_test

import data.isthmus.data.sqs_dead_letters as rule
import data.isthmus.lib.fixtures
import rego.v1

queue(after, unknown) := fixtures.resource("aws_sqs_queue", after, unknown)

dead := fixtures.named("aws_sqs_queue", "dead", {"id": "dead"}, {})

allowance := fixtures.resource("aws_sqs_queue_redrive_allow_policy", {"queue_url": "dead"}, {})

good := fixtures.plan([queue({"redrive_policy": `{"deadLetterTargetArn":"a","maxReceiveCount":5}`}, {}), dead, allowance])

bad := fixtures.plan([queue({"redrive_policy": null}, {})])

bad_found := {{"address": "aws_sqs_queue.this", "message": "has no dead-letter queue"}}

doubtful := fixtures.plan([queue({}, {"redrive_policy": true})])

doubtful_found := {{"address": "aws_sqs_queue.this", "message": "its dead-letter queue is known after apply"}}

test_a_reference_to_a_queue_proves_it if {
	given := fixtures.configured(doubtful, {"aws_sqs_queue.this": {"redrive_policy": {"references": ["aws_sqs_queue.dead.arn"]}}})
	count(rule.unknown) == 0 with input as given
	count(rule.fail) == 0 with input as given
}

test_what_the_configuration_does_not_say_fails if {
	given := fixtures.configured(doubtful, {"aws_sqs_queue.this": {"name": {"constant_value": "q"}}})
	found := rule.fail with input as given
	found == bad_found
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
