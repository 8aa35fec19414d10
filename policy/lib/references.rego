# METADATA
# title: Where a value comes from
# description: >-
#   References of the configuration, followed through variables, outputs and data sources, from module to module. A local value is
#   not in a plan's configuration; what goes through one stays unknown.
package isthmus.lib.references

import data.isthmus.lib.configuration
import rego.v1

# Whether an expression leads to a resource of one of these types.
leads_to(resource, path, types) if {
	some node in reached(resource, path)
	some type in types
	startswith(split(node, "|")[1], concat("", [type, "."]))
}

# Every node that the expression at a path of a resource leads to.
reached(resource, path) := within | {next |
	some node in within
	some next in object.get(edges, node, []) # an end of the graph is no node of it, for graph.reachable
} if {
	starts := start(resource, path)
	within := starts | graph.reachable(edges, starts)
}

start(resource, path) := {node |
	all := configuration.expressions(resource)
	expression := object.get(all, configured_path(all, path), {})
	some node in nodes(configuration.module_of(resource.module_address), expression, object.get(all, "(each)", {}))
}

# Blocks that can be there once are lists in a plan and objects in some configurations; indexes that are too long end at the block.
configured_path(expressions, path) := path if object.get(expressions, path, null) != null

configured_path(expressions, path) := array.slice(path, 0, 1) if object.get(expressions, path, null) == null

# A node is "module|name": var.x, module.call.output, output.x, data.type.name, local.x or type.name.
edges[node] contains next if {
	some module, content in configuration.modules
	some call, called in object.get(content, "module_calls", {})
	some name, expression in object.get(called, "expressions", {})
	node := concat("", [configuration.child(module, call), "|var.", name])
	some next in nodes(module, expression, object.get(called, "for_each_expression", {}))
}

edges[node] contains next if {
	some module, content in configuration.modules
	some call, called in object.get(content, "module_calls", {})
	some name, _ in object.get(called.module, "outputs", {})
	node := concat("", [module, "|module.", call, ".", name])
	next := concat("", [configuration.child(module, call), "|output.", name])
}

edges[node] contains next if {
	some module, content in configuration.modules
	some name, output in object.get(content, "outputs", {})
	node := concat("", [module, "|output.", name])
	some next in nodes(module, object.get(output, "expression", {}), {})
}

edges[node] contains next if {
	some module, content in configuration.modules
	some found in object.get(content, "resources", [])
	found.mode == "data"
	node := concat("", [module, "|data.", found.type, ".", found.name])
	some next in nodes(module, object.get(found, "expressions", {}), object.get(found, "for_each_expression", {}))
}

# regorus 0.13 leaves a partial object without entries undefined; OPA does not.
edges["(none)"] contains "(none)"

nodes(module, expression, each) := direct(module, expression) | {node |
	walk(expression, [_, reference])
	is_string(reference)
	startswith(reference, "each.")
	some node in direct(module, each)
}

direct(module, expression) := {concat("", [module, "|", named(reference)]) |
	walk(expression, [steps, reference])
	is_string(reference)
	steps[count(steps) - 2] == "references"
}

# A reference without indexes and attributes; undefined for a bare module, which always stands beside its output.
named(reference) := concat(".", array.slice(parts, 0, size)) if {
	parts := split(regex.replace(reference, `\[[^\]]*\]`, ""), ".")
	size := object.get({"module": 3, "data": 3}, parts[0], 2)
	count(parts) >= size
}
