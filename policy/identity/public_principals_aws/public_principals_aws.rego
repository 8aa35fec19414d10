# METADATA
# title: No policy on AWS lets everybody in
# description: >-
#   A statement that allows everybody (Principal *, NotPrincipal) has a condition on the account, organisation, network or
#   source; no function or its URL is open to all.
# custom:
#   severity: high
#   remedy: >-
#     Name the principals, or add a condition such as aws:PrincipalAccount, aws:PrincipalOrgID, aws:SourceArn or
#     aws:SourceVpce.
package isthmus.identity.public_principals_aws

import data.isthmus.lib.plan
import data.isthmus.lib.statements
import data.isthmus.lib.values
import rego.v1

_paths := object.union(statements.shared, statements.trust)

# Conditions that tie everybody down to an account, an organisation, a network or a source.
_restricting := {
	"aws:principalaccount", "aws:principalarn", "aws:principalorgid", "aws:principalorgpaths",
	"aws:sourceaccount", "aws:sourcearn", "aws:sourceorgid", "aws:sourceorgpaths",
	"aws:sourcevpc", "aws:sourcevpce", "aws:userid", "kms:calleraccount",
}

_tests := {"stringequals", "stringlike", "stringequalsignorecase", "arnequals", "arnlike"}

_public := [{"resource": resource, "statement": statement} |
	some type, path in _paths
	some resource in plan.of_type(type)
	some statement in statements.of(resource, path)
	statement.effect != "Deny"
	_names_everybody(statement)
]

_names_everybody(statement) if {
	some principal in statement.principals
	principal.type in ["*", "AWS"]
	principal.id == "*"
}

_names_everybody(statement) if {
	some principal in statement.principals
	principal.type == "not"
}

_is_restricted(statement) if {
	some condition in statement.conditions
	trim_prefix(condition.test, "foranyvalue:") in _tests
	condition.variable in _restricting
	count(condition.values) > 0
	every value in condition.values {
		not regex.match(`^[*?:]*$`, value)
	}
}

checked := values.checked(_paths) | plan.addresses(["aws_lambda_permission", "aws_lambda_function_url"])

fail := ({values.finding(found.resource, "lets everybody in") |
	some found in _public
	not _is_restricted(found.statement)
} | {values.finding(permission, "lets everybody call the function") |
	some permission in plan.of_type("aws_lambda_permission")
	values.value(permission, ["principal"]) == "*"
	every name in ["source_arn", "source_account", "principal_org_id"] {
		not _is_there(permission, [name])
	}
}) | {values.finding(url, "is open to everybody") |
	some url in plan.of_type("aws_lambda_function_url")
	values.value(url, ["authorization_type"]) == "NONE"
}

_is_there(resource, path) if values.is_given(resource, path)

_is_there(resource, path) if {
	values.is_unknown(resource, path)
	not values.is_computed(resource, path)
}

unknown := {values.finding(resource, "whom it lets in is known after apply") |
	some type, path in _paths
	some resource in plan.of_type(type)
	statements.is_hidden(resource, path)
} | {values.finding(resource, "whom it lets in is known after apply") |
	some type, path in _paths
	some resource in plan.of_type(type)
	some statement in statements.of(resource, path)
	statement == statements.opaque
}
