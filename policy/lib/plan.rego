# METADATA
# title: What a plan or a state holds
# description: >-
#   Every managed resource with what is known of its values and what is not. Rules read these objects and nothing of the input
#   itself, so that the same rule judges a plan and the state after its apply. Lists and sets of positions, no sets of
#   resources and no walk over the whole input: both cost seconds in a large plan.
package isthmus.lib.plan

import rego.v1

# Resources that the change leaves in place, or those of a state, where everything is known. A deleted one is no concern.
resources := array.concat(
	[planned(change) | some change in input.resource_changes; change.mode == "managed"; remains(change)],
	[stated(module, found) |
		some module in state_modules
		some found in object.get(module, "resources", [])
		found.mode == "managed"
	],
)

# {address, module_address, index, type, name, values, unknown}
planned(change) := {
	"address": change.address,
	"module_address": object.get(change, "module_address", ""),
	"index": object.get(change, "index", null),
	"type": change.type,
	"name": change.name,
	"values": change.change.after,
	"unknown": change.change.after_unknown,
}

stated(module, found) := {
	"address": found.address,
	"module_address": object.get(module, "address", ""),
	"index": object.get(found, "index", null),
	"type": found.type,
	"name": found.name,
	"values": found.values,
	"unknown": {},
}

remains(change) if not change.change.actions in [["delete"], ["forget"]]

# A state's modules; a plan has none of them here.
state_modules := modules_of(object.get(input, ["values", "root_module"], {})) if not input.resource_changes

state_modules := [] if input.resource_changes

# A module and all that it holds, down to eight deep.
modules_of(root) := array.concat(
	array.concat(array.concat([root], level1), array.concat(level2, level3)),
	array.concat(array.concat(level4, level5), array.concat(level6, array.concat(level7, level8))),
) if {
	level1 := inner([root])
	level2 := inner(level1)
	level3 := inner(level2)
	level4 := inner(level3)
	level5 := inner(level4)
	level6 := inner(level5)
	level7 := inner(level6)
	level8 := inner(level7)
}

inner(modules) := [child |
	some module in modules
	some child in object.get(module, "child_modules", [])
]

# Where each type's resources are in the list.
positions[resource.type] contains i if some i, resource in resources

# regorus 0.13 leaves a partial object without entries undefined; OPA does not.
positions["(none)"] contains -1

of_type(type) := [resources[i] | some i in object.get(positions, type, [])]

of_types(types) := [resource | some type in types; some resource in of_type(type)]

addresses(types) := {resource.address | some resource in of_types(types)}
