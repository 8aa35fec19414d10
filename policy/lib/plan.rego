# METADATA
# title: What a plan or a state holds
# description: >-
#   Every managed resource with what is known of its values, what is not, and the expressions that made them. Rules read these
#   objects and nothing of the input itself, so that the same rule judges a plan and the state after its apply.
package isthmus.lib.plan

import rego.v1

# A resource that the change leaves in place: {address, type, module, values, unknown, expressions}. A deleted one is no concern.
resources contains resource if {
	some change in input.resource_changes
	change.mode == "managed"
	change.change.actions != ["delete"]
	change.change.actions != ["forget"]
	resource := {
		"address": change.address,
		"type": change.type,
		"module": module_of(object.get(change, "module_address", "")),
		"values": change.change.after,
		"unknown": change.change.after_unknown,
		"expressions": expressions(module_of(object.get(change, "module_address", "")), change.type, change.name),
	}
}

# After an apply there is a state: everything is known.
resources contains resource if {
	not input.resource_changes
	walk(input.values.root_module, [_, found])
	is_object(found)
	found.mode == "managed"
	resource := {
		"address": found.address,
		"type": found.type,
		"module": "",
		"values": found.values,
		"unknown": {},
		"expressions": {},
	}
}

# Data sources that are read during the apply, by address: what is known of them already.
data_sources[change.address] := change.change if {
	some change in input.resource_changes
	change.mode == "data"
}

by_type[resource.type] contains resource if some resource in resources

# regorus 0.13 leaves a partial object without entries undefined; OPA does not.
by_type["(none)"] contains null

of_type(type) := object.get(by_type, type, set())

of_types(types) := {resource | some type in types; some resource in of_type(type)}

# "module.a[\"x\"].module.b" → "a.b": the configuration has no instances.
module_of("") := ""

module_of(address) := concat(".", [part |
	some part in split(regex.replace(address, `\[[^\]]*\]`, ""), ".")
	part != "module"
]) if {
	address != ""
}

expressions(module, type, name) := object.get(configured, concat("|", [module, type, name]), {})

# Expressions of every managed resource, by "module|type|name".
configured := {concat("|", [module, found.type, found.name]): entry |
	some module, content in modules
	some found in object.get(content, "resources", [])
	found.mode == "managed"
	entry := object.union(object.get(found, "expressions", {}), repeated(found))
}

# What `each` and `count` stand for.
repeated(found) := {"(each)": found.for_each_expression} if found.for_each_expression

repeated(found) := {} if not found.for_each_expression

# Every module's configuration by its path: "" is the root.
modules[path] := content if {
	walk(input.configuration.root_module, [steps, content])
	is_module(steps)
	path := concat(".", [steps[i] | some i in numbers.range(0, count(steps) - 1); i % 3 == 1])
}

is_module(steps) if count(steps) == 0

is_module(steps) if {
	count(steps) % 3 == 0
	steps[count(steps) - 1] == "module"
	steps[count(steps) - 3] == "module_calls"
}
