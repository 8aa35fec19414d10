# METADATA
# title: Everything on AWS has the default tags
# description: >-
#   Each resource that takes tags has environment, project and managed_by, which costs and access are told apart by.
# custom:
#   severity: medium
#   remedy: Give them once, in default_tags of the provider.
package isthmus.naming.aws_tags

import data.isthmus.lib.plan
import data.isthmus.lib.values
import rego.v1

_path := ["tags_all"]

_needed := {"environment", "managed_by", "project"}

_tagged := [resource |
	some resource in plan.resources
	startswith(resource.type, "aws_")
	_takes(resource, "tags_all")
]

_takes(resource, name) if name in object.keys(resource.values)

_takes(resource, name) if values.is_unknown(resource, [name])

checked := {resource.address | some resource in _tagged}

fail := {values.finding(resource, sprintf("lacks the tags %s", [concat(", ", sort(lacking))])) |
	some resource in _tagged
	not values.is_open(resource, _path)
	lacking := _needed - {name | some name, value in _tags(resource); is_string(value)}
	count(lacking) > 0
}

_tags(resource) := tags if {
	tags := values.value(resource, _path)
	is_object(tags)
}

_tags(resource) := {} if not is_object(values.value(resource, _path))

unknown := {values.finding(resource, "its tags are known after apply") |
	some resource in _tagged
	values.is_open(resource, _path)
	count(_needed - {name | some name, value in _tags(resource); is_string(value)}) > 0
}
