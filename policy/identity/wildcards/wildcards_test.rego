package isthmus.identity.wildcards_test

import data.isthmus.identity.wildcards as rule
import data.isthmus.lib.fixtures
import rego.v1

policy(name, action, resource) := fixtures.named(
	"aws_iam_policy", name, {"policy": json.marshal({"Statement": {
		"Effect": "Allow",
		"Action": action,
		"Resource": resource,
	}})},
	{},
)

good := fixtures.plan([
	policy("reads", "s3:Get*", "*"),
	policy("own", ["s3:*"], ["arn:aws:s3:::own-*"]),
])

bad := fixtures.plan([
	policy("service", ["sqs:Get*", "s3:*"], "*"),
	policy("all", "*", ["arn:aws:s3:::own", "*"]),
])

bad_found := {
	{"address": "aws_iam_policy.service", "message": "allows s3:* on every resource"},
	{"address": "aws_iam_policy.all", "message": "allows * on every resource"},
}

doubtful := fixtures.plan([fixtures.resource("aws_iam_policy", {}, {"policy": true})])

doubtful_found := {{"address": "aws_iam_policy.this", "message": "what it allows is known after apply"}}

# A policy that is written during the apply, from a data source whose statements are known in part.
deferred(actions, resources, unknown) := fixtures.configured(
	fixtures.plan([
		fixtures.resource("aws_iam_role_policy", {}, {"policy": true}),
		fixtures.document(
			"this",
			{"statement": [{"actions": actions, "resources": resources}]},
			{"json": true, "statement": [{"resources": unknown}]},
		),
	]),
	{"aws_iam_role_policy.this": {"policy": {"references": ["data.aws_iam_policy_document.this.json"]}}},
)

test_a_document_of_the_plan_is_read if {
	found := rule.fail with input as deferred(["kms:*"], ["*"], [false])
	found == {{"address": "aws_iam_role_policy.this", "message": "allows kms:* on every resource"}}
}

test_a_document_with_a_resource_that_is_not_there_yet_is_unknown if {
	count(rule.fail) == 0 with input as deferred(["kms:*"], [null], [true])
	count(rule.unknown) == 1 with input as deferred(["kms:*"], [null], [true])
}

test_named_actions_pass_whatever_the_resource if {
	count(rule.fail) == 0 with input as deferred(["kms:Decrypt"], [null], [true])
	count(rule.unknown) == 0 with input as deferred(["kms:Decrypt"], [null], [true])
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
