# METADATA
# title: No policy allows everything on everything
# description: >-
#   No statement of an identity's policy allows a wildcard action (*, a service's * or NotAction) on every resource.
# custom:
#   severity: high
#   remedy: Name the actions, or the resources, by an ARN with the environment's prefix.
package isthmus.identity.wildcards

import data.isthmus.lib.plan
import data.isthmus.lib.statements
import data.isthmus.lib.values
import rego.v1

_statements := [{"resource": resource, "statement": statement} |
	some type, path in statements.identity
	some resource in plan.of_type(type)
	some statement in statements.of(resource, path)
	statement.effect != "Deny"
]

checked := values.checked(statements.identity)

fail := {values.finding(found.resource, sprintf("allows %s on every resource", [action])) |
	some found in _statements
	some action in _wildcards(found.statement)
	"*" in found.statement.resources
}

unknown := (_hidden | {values.finding(found.resource, sprintf("what it allows %s on is known after apply", [action])) |
	some found in _statements
	some action in _wildcards(found.statement)
	"(unknown)" in found.statement.resources
	not "*" in found.statement.resources
}) | {values.finding(found.resource, "the actions that it allows are known after apply") |
	some found in _statements
	"(unknown)" in found.statement.actions
	count(found.statement.resources & {"*", "(unknown)"}) > 0
}

_hidden := {values.finding(resource, "what it allows is known after apply") |
	some type, path in statements.identity
	some resource in plan.of_type(type)
	statements.is_hidden(resource, path)
}

_wildcards(statement) := {action |
	some action in statement.actions
	regex.match(`^([a-zA-Z0-9-]+:)?\*+$`, action)
} | {"all but some actions" |
	some _ in statement.not_actions
}
