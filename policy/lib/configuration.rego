# METADATA
# title: What the plan says of the configuration
# description: Modules, the expressions of their resources and their data sources, each found by "module|type.name" without instances.
package isthmus.lib.configuration

import rego.v1

# Every module's content by its path, down to eight calls deep: "" is the root.
modules[entry.path] := entry.content if {
	some level in levels
	some entry in level
}

# regorus 0.13 leaves a partial object without entries undefined; OPA does not.
modules["(none)"] := {}

levels := [level0, level1, level2, level3, level4, level5, level6, level7, level8] if {
	level0 := [{"path": "", "content": object.get(input, ["configuration", "root_module"], {})}]
	level1 := called(level0)
	level2 := called(level1)
	level3 := called(level2)
	level4 := called(level3)
	level5 := called(level4)
	level6 := called(level5)
	level7 := called(level6)
	level8 := called(level7)
}

called(modules_above) := [{"path": child(above.path, call), "content": entry.module} |
	some above in modules_above
	some call, entry in object.get(above.content, "module_calls", {})
]

child("", call) := call

child(module, call) := concat(".", [module, call]) if module != ""

# "module.a[\"x\"].module.b" → "a.b": the configuration has no instances.
module_of("") := ""

module_of(address) := concat(".", [part |
	some i, part in split(regex.replace(address, `\[[^\]]*\]`, ""), ".")
	i % 2 == 1
]) if {
	address != ""
}

# The node of a resource or of a data source in the graph of references.
node(module_address, mode, type, name) := concat("", [module_of(module_address), "|", prefixes[mode], type, ".", name])

prefixes := {"managed": "", "data": "data."}

node_of(resource) := node(resource.module_address, "managed", resource.type, resource.name)

# A resource's expressions; empty for a state.
expressions(resource) := object.get(configured, node_of(resource), {})

configured[id] := entry if {
	some module, content in modules
	some found in object.get(content, "resources", [])
	id := concat("", [module, "|", prefixes[found.mode], found.type, ".", found.name])
	entry := object.union(object.get(found, "expressions", {}), repeated(found))
}

configured["(none)"] := {}

# What `each` and `count` stand for.
repeated(found) := {"(each)": found.for_each_expression} if found.for_each_expression

repeated(found) := {} if not found.for_each_expression
