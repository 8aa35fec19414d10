# METADATA
# title: GitHub's workflows take a role on AWS by the repository's id
# description: >-
#   A role that GitHub's tokens can take asks for repository_id, aud and sub by StringEquals, without a wildcard. A name can
#   be registered again by somebody else; an id can't.
# custom:
#   severity: high
#   remedy: Add StringEquals conditions on token.actions.githubusercontent.com:repository_id, :aud and :sub.
package isthmus.identity.github_trust_aws

import data.isthmus.lib.plan
import data.isthmus.lib.statements
import data.isthmus.lib.values
import rego.v1

_issuer := "token.actions.githubusercontent.com"

_path := ["assume_role_policy"]

_needed := {"aud", "repository_id", "sub"}

_trusting := [{"resource": resource, "statement": statement} |
	some resource in plan.of_type("aws_iam_role")
	some statement in statements.of(resource, _path)
	statement.effect != "Deny"
	_is_githubs(statement)
]

_is_githubs(statement) if {
	some principal in statement.principals
	contains(principal.id, _issuer)
}

_is_githubs(statement) if {
	some condition in statement.conditions
	startswith(condition.variable, _issuer)
}

_is_githubs(statement) if {
	some principal in statement.principals
	principal.type == "Federated"
	principal.id == "(unknown)"
}

checked := plan.addresses({"aws_iam_role"})

fail := {values.finding(found.resource, sprintf("trusts GitHub without a value for %s", [claim])) |
	some found in _trusting
	some claim in _needed
	not _claim(found.statement, claim)
}

unknown := {values.finding(resource, "whom it trusts is known after apply") |
	some resource in plan.of_type("aws_iam_role")
	statements.is_hidden(resource, _path)
} | {values.finding(found.resource, sprintf("what it asks of %s is known after apply", [claim])) |
	some found in _trusting
	some claim in _needed
	"(unknown)" in _claim(found.statement, claim)
}

_claim(statement, claim) := condition.values if {
	some condition in statement.conditions
	condition.test in ["stringequals", "foranyvalue:stringequals"]
	condition.variable == sprintf("%s:%s", [_issuer, claim])
	count(condition.values) > 0
	every value in condition.values {
		not contains(value, "*")
	}
}
