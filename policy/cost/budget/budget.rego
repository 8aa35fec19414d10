# METADATA
# title: Every foundation has a budget
# description: A plan or state whose resources carry the layer foundation has a budget on the same cloud.
# custom:
#   severity: high
#   remedy: Switch on budgets in the environment's features, and give Google's billing account.
package isthmus.cost.budget

import data.isthmus.lib.plan
import data.isthmus.lib.values
import rego.v1

_budgets := {"aws": ["aws_budgets_budget"], "google": ["google_billing_budget"]}

_layers := {"aws": ["tags_all", "layer"], "google": ["effective_labels", "layer"]}

_foundations := {cloud |
	some cloud, path in _layers
	some resource in plan.resources
	startswith(resource.type, concat("", [cloud, "_"]))
	values.value(resource, path) == "foundation"
}

checked := {_budgets[cloud][0] | some cloud in _foundations}

fail := {{"address": _budgets[cloud][0], "message": "isn't there, and this is a foundation"} |
	some cloud in _foundations
	count(plan.of_types(_budgets[cloud])) == 0
}

unknown := set()
