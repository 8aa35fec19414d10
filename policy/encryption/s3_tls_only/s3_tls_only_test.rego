package isthmus.encryption.s3_tls_only_test

import data.isthmus.encryption.s3_tls_only as rule
import data.isthmus.lib.fixtures
import rego.v1

bucket := fixtures.resource("aws_s3_bucket", {"bucket": "b"}, {})

policy(value) := fixtures.resource("aws_s3_bucket_policy", {"bucket": "b", "policy": json.marshal({"Statement": [value]})}, {})

deny := {
	"Effect": "Deny",
	"Principal": "*",
	"Action": "s3:*",
	"Resource": "*",
	"Condition": {"Bool": {"aws:SecureTransport": "false"}},
}

good := fixtures.plan([bucket, policy(deny)])

bad := fixtures.plan([bucket, policy(object.union(deny, {"Effect": "Allow"}))])

bad_found := {{"address": "aws_s3_bucket.this", "message": "has no policy that denies requests without TLS"}}

doubtful := fixtures.plan([bucket, fixtures.resource("aws_s3_bucket_policy", {"bucket": "b"}, {"policy": true})])

doubtful_found := {{"address": "aws_s3_bucket.this", "message": "its policy is known after apply"}}

# A policy that is written during the apply, from a data source whose statements are known.
deferred := object.union(
	fixtures.plan([
		bucket,
		fixtures.resource("aws_s3_bucket_policy", {}, {"bucket": true, "policy": true}),
		fixtures.document(
			"this", {"statement": [{
				"actions": ["s3:*"],
				"condition": [{"test": "Bool", "variable": "aws:SecureTransport", "values": ["false"]}],
				"effect": "Deny",
				"principals": [{"type": "*", "identifiers": ["*"]}],
				"resources": [null],
			}]},
			{"json": true, "statement": [{"resources": [true]}]},
		),
	]),
	{"configuration": {"root_module": {"resources": [{
		"mode": "managed",
		"type": "aws_s3_bucket_policy",
		"name": "this",
		"expressions": {
			"bucket": {"references": ["aws_s3_bucket.this.id", "aws_s3_bucket.this"]},
			"policy": {"references": [
				"data.aws_iam_policy_document.this.json",
				"data.aws_iam_policy_document.this",
			]},
		},
	}]}}},
)

test_a_document_of_the_plan_is_read if {
	count(rule.fail) == 0 with input as deferred
	count(rule.unknown) == 0 with input as deferred
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
