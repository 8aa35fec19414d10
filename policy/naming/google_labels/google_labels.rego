# METADATA
# title: Everything on Google Cloud has the default labels
# description: Each resource that takes labels has environment, project and managed_by, which costs are told apart by.
# custom:
#   severity: medium
#   remedy: Give them once, in default_labels of the provider.
package isthmus.naming.google_labels

import data.isthmus.lib.plan
import data.isthmus.lib.values
import rego.v1

_path := ["effective_labels"]

_needed := {"environment", "managed_by", "project"}

_labelled := [resource |
	some resource in plan.resources
	startswith(resource.type, "google_")
	_takes(resource, "effective_labels")
]

_takes(resource, name) if name in object.keys(resource.values)

_takes(resource, name) if values.is_unknown(resource, [name])

checked := {resource.address | some resource in _labelled}

fail := {values.finding(resource, sprintf("lacks the labels %s", [concat(", ", sort(lacking))])) |
	some resource in _labelled
	not values.is_open(resource, _path)
	lacking := _needed - _labels(resource)
	count(lacking) > 0
}

_labels(resource) := {name | some name, value in labels; is_string(value)} if {
	labels := values.value(resource, _path)
	is_object(labels)
}

_labels(resource) := set() if not is_object(values.value(resource, _path))

unknown := {values.finding(resource, "its labels are known after apply") |
	some resource in _labelled
	values.is_open(resource, _path)
	count(_needed - _labels(resource)) > 0
}
