package isthmus.identity.github_trust_aws_test

import data.isthmus.identity.github_trust_aws as rule
import data.isthmus.lib.fixtures
import rego.v1

trust(conditions) := fixtures.resource(
	"aws_iam_role", {"assume_role_policy": json.marshal({"Statement": [{
		"Effect": "Allow",
		"Action": "sts:AssumeRoleWithWebIdentity",
		"Principal": {"Federated": "arn:aws:iam::1:oidc-provider/token.actions.githubusercontent.com"},
		"Condition": conditions,
	}]})},
	{},
)

whole := {
	"token.actions.githubusercontent.com:aud": "sts.amazonaws.com",
	"token.actions.githubusercontent.com:repository_id": "42",
	"token.actions.githubusercontent.com:sub": ["repo:a/b:environment:dev"],
}

good := fixtures.plan([
	trust({"StringEquals": whole}),
	fixtures.named(
		"aws_iam_role", "service", {"assume_role_policy": json.marshal({"Statement": [{
			"Effect": "Allow",
			"Action": "sts:AssumeRole",
			"Principal": {"Service": "lambda.amazonaws.com"},
		}]})},
		{},
	),
])

bad := fixtures.plan([trust({
	"StringEquals": {"token.actions.githubusercontent.com:aud": "sts.amazonaws.com"},
	"StringLike": {"token.actions.githubusercontent.com:sub": "repo:a/b:*"},
})])

bad_found := {
	{"address": "aws_iam_role.this", "message": "trusts GitHub without a value for repository_id"},
	{"address": "aws_iam_role.this", "message": "trusts GitHub without a value for sub"},
}

doubtful := fixtures.plan([fixtures.resource("aws_iam_role", {}, {"assume_role_policy": true})])

doubtful_found := {{"address": "aws_iam_role.this", "message": "whom it trusts is known after apply"}}

test_a_wildcard_is_no_value if {
	conditions := object.union(whole, {"token.actions.githubusercontent.com:sub": "repo:a/*"})
	count(rule.fail) == 1 with input as fixtures.plan([trust({"StringEquals": conditions})])
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
