# METADATA
# title: The environment and its cost profile
# description: A plan has them as variables. A state has none, so they come as data, under `variables`.
package isthmus.lib.profile

import rego.v1

variable(name) := input.variables[name].value

variable(name) := data.variables[name] if not input.variables[name]

name := variable("cost_profile")

environment := variable("environment")

# Whether what holds data is protected: `deletion_protection`, or prod where nothing says.
protects := variable("deletion_protection")

is_known if name

# A finding where a rule needs the profile and nothing tells it.
untold := "the document doesn't say which cost profile it is for"
