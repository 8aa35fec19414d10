# METADATA
# title: Small plans for the rules' tests
# description: A plan of a few resources in the root module, as `terraform show -json` writes one.
package isthmus.lib.fixtures

import rego.v1

# A plan that creates these resources.
plan(changes) := {
	"format_version": "1.2",
	"terraform_version": "1.15.5",
	"planned_values": {},
	"resource_changes": changes,
	"configuration": {"root_module": {"resources": []}},
	"variables": {"cost_profile": {"value": "minimal"}, "environment": {"value": "dev"}},
}

# A resource `TYPE.this` that is created with these values.
resource(type, after, unknown) := named(type, "this", after, unknown)

named(type, name, after, unknown) := {
	"address": sprintf("%s.%s", [type, name]),
	"mode": "managed",
	"type": type,
	"name": name,
	"change": {"actions": ["create"], "before": null, "after": after, "after_unknown": unknown},
}

# The plan with the expressions of its first resource.
referring(given, expressions) := object.union(given, {"configuration": {"root_module": {"resources": [{
	"mode": "managed",
	"type": given.resource_changes[0].type,
	"name": given.resource_changes[0].name,
	"expressions": expressions,
}]}}})

# A data source of a policy that is read during the apply.
document(name, after, unknown) := {
	"address": sprintf("data.aws_iam_policy_document.%s", [name]),
	"mode": "data",
	"type": "aws_iam_policy_document",
	"name": name,
	"change": {"actions": ["read"], "before": null, "after": after, "after_unknown": unknown},
}

# The plan of an environment with this cost profile.
profiled(given, profile) := object.union(given, {"variables": {"cost_profile": {"value": profile}}})

# The plan with these variables.
varied(given, variables) := object.union(given, {"variables": {name: {"value": value} | some name, value in variables}})

# The plan, with the expressions of resources of its root module by "type.name".
configured(given, expressions) := object.union(given, {"configuration": {"root_module": {"resources": [entry |
	some id, found in expressions
	parts := split(id, ".")
	entry := {"mode": "managed", "type": parts[0], "name": parts[1], "expressions": found}
]}}})
