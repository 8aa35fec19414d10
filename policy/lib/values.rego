# METADATA
# title: Values and their verdicts
# description: A value is known, not yet known, or not given; what is not yet known is proved by its references or stays unknown.
package isthmus.lib.values

import data.isthmus.lib.references
import rego.v1

# What a resource has at a path; null where nothing was given.
value(resource, path) := object.get(resource.values, path, null)

# Whether it is known only after the apply, alone or with all that holds it.
is_unknown(resource, path) if {
	some i in numbers.range(1, count(path))
	object.get(resource.unknown, array.slice(path, 0, i), false) == true
}

is_known(resource, path) if not is_unknown(resource, path)

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
