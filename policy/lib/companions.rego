# METADATA
# title: Resources that another resource must stand beside
# description: >-
#   A bucket and its versioning, a network and its flow log. A companion names its resource by a value that is known, or by a
#   reference that is followed; where neither tells, the resource's verdict is unknown. A reference to a resource with instances
#   counts for each of them.
package isthmus.lib.companions

import data.isthmus.lib.configuration
import data.isthmus.lib.plan
import data.isthmus.lib.references
import data.isthmus.lib.values
import rego.v1

# Findings on resources of a type that none of the good companions and none of the doubtful ones names at the path.
missing(type, good, doubtful, path, message) := absent(type, keys(good, path, type), keys(doubtful, path, type), message)

# Findings on those that only a doubtful companion names, or one whose target is not known.
unproved(type, good, doubtful, path, message) := vague(type, keys(good, path, type), keys(doubtful, path, type), message)

# The same for keys that are there already.
absent(type, sure, doubtful, message) := {values.finding(resource, message) |
	named_keys := sure | doubtful
	some resource in plan.of_type(type)
	not is_named(resource, named_keys)
}

vague(type, sure, doubtful, message) := {values.finding(resource, message) |
	proved := sure - {"(any)"}
	all := sure | doubtful
	some resource in plan.of_type(type)
	not is_named(resource, proved)
	is_named(resource, all)
}

is_named(_, keys_given) if "(any)" in keys_given

is_named(resource, keys_given) if {
	some key in identities(resource)
	key in keys_given
}

# What others know a resource by.
identities(resource) := {configuration.node_of(resource)} | {value |
	some name in ["id", "arn", "name", "bucket", "self_link"]
	value := object.get(resource.values, name, null)
	is_string(value)
}

# What companions name at a path: values, nodes of the graph of references, or "(any)" where it can't be told.
keys(companions, path, type) := {key |
	some companion in companions
	some key in named(companion, path, type)
}

named(companion, path, _) := {values.value(companion, path)} if values.is_given(companion, path)

named(companion, path, type) := nodes if {
	values.is_unknown(companion, path)
	nodes := of_type(references.reached(companion, path), type)
	count(nodes) > 0
}

named(companion, path, type) := {"(any)"} if {
	values.is_unknown(companion, path)
	count(of_type(references.reached(companion, path), type)) == 0
}

of_type(nodes, type) := {node |
	some node in nodes
	startswith(split(node, "|")[1], concat("", [type, "."]))
}
