# METADATA
# title: Statements of IAM policies
# description: >-
#   A policy's statements in one shape, whether its JSON is known or it comes from data sources that are read during the apply
#   with some values known. What is not known is "(unknown)": {effect, actions, not_actions, resources, principals, conditions}.
#   `principals` are {type, id}, with type "not" for not_principals; `conditions` are {test, variable, values}, in lower case but
#   for the values.
package isthmus.lib.statements

import data.isthmus.lib.configuration
import data.isthmus.lib.plan
import data.isthmus.lib.references
import data.isthmus.lib.values
import rego.v1

# Where each type has a policy that says what its holder may do, to what others may do with a resource, who may take a role.
identity := {
	"aws_iam_group_policy": ["policy"],
	"aws_iam_policy": ["policy"],
	"aws_iam_role_policy": ["policy"],
	"aws_iam_user_policy": ["policy"],
}

shared := {
	"aws_ecr_repository_policy": ["policy"],
	"aws_kms_key": ["policy"],
	"aws_kms_key_policy": ["policy"],
	"aws_s3_bucket_policy": ["policy"],
	"aws_secretsmanager_secret_policy": ["policy"],
	"aws_sns_topic_policy": ["policy"],
	"aws_sqs_queue": ["policy"],
	"aws_sqs_queue_policy": ["policy"],
	"aws_vpc_endpoint": ["policy"],
}

trust := {"aws_iam_role": ["assume_role_policy"]}

# A resource's statements; none where nothing is given or nothing is known.
of(resource, path) := normalized(values.value(resource, path)) if values.is_given(resource, path)

of(resource, path) := [] if {
	values.is_known(resource, path)
	not values.is_given(resource, path)
}

of(resource, path) := [statement |
	some document in documents(resource, path)
	some statement in document_statements(document)
] if {
	values.is_unknown(resource, path)
}

# Whether nothing is known of a policy: no JSON, and no data source that its references lead to.
is_hidden(resource, path) if {
	values.is_unknown(resource, path)
	count(documents(resource, path)) == 0
	not values.is_computed(resource, path)
}

# Data sources of policies that a value comes from; of the same module and instance where there are such.
documents(resource, path) := [document |
	some node in references.reached(resource, path)
	all := object.get(data_documents, node, [])
	some document in nearest(resource, all)
]

nearest(resource, all) := chosen if {
	beside := [one | some one in all; one.module_address == resource.module_address]
	chosen := matching(resource, beside, all)
}

matching(_, [], all) := all

matching(resource, beside, _) := same if {
	count(beside) > 0
	same := [one | some one in beside; one.index == resource.index]
	count(same) > 0
}

matching(resource, beside, _) := beside if {
	count(beside) > 0
	count([one | some one in beside; one.index == resource.index]) == 0
}

# Data sources of policies by their node: those that are read during the apply, and those that were read already.
data_documents[node] contains document if {
	some change in input.resource_changes
	change.mode == "data"
	change.type == "aws_iam_policy_document"
	module_address := object.get(change, "module_address", "")
	node := configuration.node(module_address, "data", change.type, change.name)
	document := {
		"module_address": module_address,
		"index": object.get(change, "index", null),
		"values": change.change.after,
		"unknown": change.change.after_unknown,
	}
}

data_documents[node] contains document if {
	some module in plan.modules_of(object.get(input, ["prior_state", "values", "root_module"], {}))
	some found in object.get(module, "resources", [])
	found.mode == "data"
	found.type == "aws_iam_policy_document"
	module_address := object.get(module, "address", "")
	node := configuration.node(module_address, "data", found.type, found.name)
	document := {
		"module_address": module_address,
		"index": object.get(found, "index", null),
		"values": found.values,
		"unknown": {},
	}
}

# regorus 0.13 leaves a partial object without entries undefined; OPA does not.
data_documents["(none)"] contains "(none)"

document_statements(document) := normalized(document.values.json) if is_string(object.get(document.values, "json", null))

document_statements(document) := [opaque] if {
	not is_string(object.get(document.values, "json", null))
	object.get(document.unknown, "statement", false) == true
}

document_statements(document) := [from_data(statement, object.get(document.unknown, ["statement", i], {})) |
	some i, statement in many(document.values, "statement")
] if {
	not is_string(object.get(document.values, "json", null))
	object.get(document.unknown, "statement", false) != true
}

# A statement that nothing is known of.
opaque := {
	"effect": "(unknown)",
	"actions": {"(unknown)"},
	"not_actions": set(),
	"resources": {"(unknown)"},
	"principals": {{"type": "(unknown)", "id": "(unknown)"}},
	"conditions": set(),
}

from_data(statement, unknown) := {
	"effect": object.get({"Deny": "Deny"}, shown(object.get(statement, "effect", null)), "Allow"),
	"actions": strings_of(statement, unknown, "actions"),
	"not_actions": strings_of(statement, unknown, "not_actions"),
	"resources": strings_of(statement, unknown, "resources"),
	"principals": (data_principals(statement, "principals") | {{"type": "not", "id": principal.id} |
		some principal in data_principals(statement, "not_principals")
	}),
	"conditions": {{
		"test": lower(shown(condition.test)),
		"variable": lower(shown(condition.variable)),
		"values": {shown(value) | some value in many(condition, "values")},
	} |
		some condition in many(statement, "condition")
	},
}

strings_of(_, unknown, name) := {"(unknown)"} if object.get(unknown, name, false) == true

strings_of(statement, unknown, name) := {shown(value) | some value in many(statement, name)} if {
	object.get(unknown, name, false) != true
}

data_principals(statement, name) := {{"type": shown(principal.type), "id": shown(id)} |
	some principal in many(statement, name)
	some id in many(principal, "identifiers")
}

# What a block has; [] for null, which regorus doesn't iterate.
many(block, name) := object.get(block, name, []) if object.get(block, name, []) != null

many(block, name) := [] if object.get(block, name, []) == null

shown(value) := value if value != null

shown(null) := "(unknown)"

# Statements of a policy's JSON.
normalized(text) := [from_json(statement) | some statement in list(object.get(json.unmarshal(text), "Statement", []))] if {
	json.is_valid(text)
}

normalized(text) := [opaque] if not json.is_valid(text)

from_json(statement) := {
	"effect": object.get(statement, "Effect", "Allow"),
	"actions": set_of(statement, "Action"),
	"not_actions": set_of(statement, "NotAction"),
	"resources": set_of(statement, "Resource"),
	"principals": (json_principals(object.get(statement, "Principal", {})) | {{"type": "not", "id": principal.id} |
		some principal in json_principals(object.get(statement, "NotPrincipal", {}))
	}),
	"conditions": {{"test": lower(test), "variable": lower(variable), "values": {sprintf("%v", [value]) | some value in list(wanted)}} |
		some test, variables in object.get(statement, "Condition", {})
		some variable, wanted in variables
	},
}

set_of(statement, name) := {value | some value in list(object.get(statement, name, []))}

list(value) := value if is_array(value)

list(value) := [value] if not is_array(value)

json_principals(principals) := {{"type": "*", "id": principals}} if is_string(principals)

json_principals(principals) := {{"type": type, "id": id} |
	some type, ids in principals
	some id in list(ids)
} if {
	is_object(principals)
}
