# METADATA
# title: S3 buckets take requests over TLS only
# description: Every bucket has a policy that denies everybody every action where aws:SecureTransport is false.
# custom:
#   severity: high
#   remedy: Add a Deny statement on s3:* with the condition Bool aws:SecureTransport = false to the bucket's policy.
package isthmus.encryption.s3_tls_only

import data.isthmus.lib.companions
import data.isthmus.lib.plan
import data.isthmus.lib.statements
import rego.v1

_path := ["policy"]

_policies := plan.of_type("aws_s3_bucket_policy")

_good := [policy | some policy in _policies; _denies(policy)]

_doubtful := [policy | some policy in _policies; statements.is_hidden(policy, _path)]

_denies(policy) if {
	some statement in statements.of(policy, _path)
	statement.effect == "Deny"
	count(statement.actions & {"*", "s3:*"}) > 0
	some principal in statement.principals
	principal.id == "*"
	some condition in statement.conditions
	condition.test == "bool"
	condition.variable == "aws:securetransport"
	condition.values == {"false"}
	count(statement.conditions) == 1
}

checked := plan.addresses({"aws_s3_bucket"})

fail := companions.missing("aws_s3_bucket", _good, _doubtful, ["bucket"], "has no policy that denies requests without TLS")

unknown := companions.unproved("aws_s3_bucket", _good, _doubtful, ["bucket"], "its policy is known after apply")
