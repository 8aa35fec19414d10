# METADATA
# title: Values and their verdicts
# description: A value is known, not yet known, or not given; what is not yet known is proved by its references or stays unknown.
package isthmus.lib.values

import data.isthmus.lib.configuration
import data.isthmus.lib.plan
import data.isthmus.lib.references
import rego.v1

# What a resource has at a path; null where nothing was given.
value(resource, path) := object.get(resource.values, path, null)

# A list that a resource has at a path; [] for null, which regorus doesn't iterate.
list(resource, path) := value(resource, path) if is_array(value(resource, path))

list(resource, path) := [] if not is_array(value(resource, path))

# Whether it is known only after the apply, alone or with all that holds it.
is_unknown(resource, path) if {
	some i in numbers.range(1, count(path))
	object.get(resource.unknown, array.slice(path, 0, i), false) == true
}

is_known(resource, path) if not is_unknown(resource, path)

# Whether it is unknown only because the provider decides it: the configuration, which is there, says nothing of it. Where a
# `dynamic` block says it, the configuration is silent too, but then the plan shows the block and only parts are unknown.
is_computed(resource, path) if {
	is_unknown(resource, path)
	expressions := configuration.expressions(resource)
	count(expressions) > 0
	silent := [part | some part in prefixes(path); object.get(expressions, part, null) == null]
	count(silent) > 0
	is_unknown(resource, silent[0])
	count([part | some part in prefixes(path); is_expression(object.get(expressions, part, null))]) == 0
}

prefixes(path) := [array.slice(path, 0, i) | some i in numbers.range(1, count(path))]

# Whether a part of the configuration is an expression rather than a block.
is_expression(part) if {
	is_object(part)
	some key in ["references", "constant_value"]
	key in object.keys(part)
}

# Whether it or a part of it is known only after the apply.
is_open(resource, path) if is_unknown(resource, path)

is_open(resource, path) if {
	walk(object.get(resource.unknown, path, false), [_, part])
	part == true
}

is_given(resource, path) if {
	is_known(resource, path)
	not value(resource, path) in [null, "", [], {}]
}

# Whether a value, known or not, can only be that of a resource of these types: by the configuration's references.
is_from(resource, path, types) if {
	is_unknown(resource, path)
	references.leads_to(resource, path, types)
}

# A finding about a resource.
finding(resource, message) := {"address": resource.address, "message": message}

# Findings on each type of `paths` ({type: path}) whose value is known and none of the allowed. null stands for
# "not given", and what is left to the provider is not given.
others(paths, allowed, message) := {finding(resource, message) |
	some type, path in paths
	some resource in plan.of_type(type)
	is_known(resource, path)
	not value(resource, path) in allowed
} | {finding(resource, message) |
	some type, path in paths
	some resource in plan.of_type(type)
	is_computed(resource, path)
	not null in allowed
}

# Findings on those that the configuration gives a value which is known only after the apply.
unseen(paths, message) := {finding(resource, message) |
	some type, path in paths
	some resource in plan.of_type(type)
	is_unknown(resource, path)
	not is_computed(resource, path)
}

# Findings on every resource of types that must not be there.
present(types, message) := {finding(resource, message) | some resource in plan.of_types(types)}

checked(paths) := plan.addresses(object.keys(paths))
