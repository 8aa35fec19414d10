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

# Whether it is unknown only because the provider decides it: the configuration, which is there, says nothing of it.
is_computed(resource, path) if {
	is_unknown(resource, path)
	expressions := configuration.expressions(resource)
	count(expressions) > 0
	object.get(expressions, path[0], null) == null
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

# Findings on each type of `paths` ({type: path}) whose value is known and none of the allowed; null stands for "not given".
others(paths, allowed, message) := {finding(resource, message) |
	some type, path in paths
	some resource in plan.of_type(type)
	is_known(resource, path)
	not value(resource, path) in allowed
}

# Findings on those whose value is known only after the apply.
unseen(paths, message) := {finding(resource, message) |
	some type, path in paths
	some resource in plan.of_type(type)
	is_unknown(resource, path)
}

# Findings on every resource of types that must not be there.
present(types, message) := {finding(resource, message) | some resource in plan.of_types(types)}

checked(paths) := plan.addresses(object.keys(paths))
