# METADATA
# title: The environment and its cost profile
# description: A plan has them as variables. A state has none, so they come as data, under `variables`.
package isthmus.lib.profile

import rego.v1

variable(variable_name) := input.variables[variable_name].value

variable(variable_name) := data.variables[variable_name] if not input.variables[variable_name]

# "" where nothing tells it: an undefined value under `not` is another thing to each engine.
default name := ""

name := variable("cost_profile")

is_known if name != ""

# Whether what holds data is protected: where the environment says so, and in prod whatever it says.
is_protected if variable("deletion_protection") == true

is_protected if variable("environment") == "prod"

# The findings, where the environment has one of these profiles.
when(profiles, findings) := findings if name in profiles

when(profiles, _) := set() if not name in profiles

# The findings, where the environment protects what holds data.
when_protected(findings) := findings if is_protected

when_protected(_) := set() if not is_protected

# Where nothing tells the profile, what would be a finding under some profile is unknown.
untold(_) := set() if is_known

untold(findings) := {{"address": finding.address, "message": "the document doesn't say which cost profile it is for"} |
	some finding in findings
} if {
	not is_known
}

# The same where nothing tells the environment.
untold_environment(_) := set() if variable("environment")

untold_environment(findings) := {{"address": finding.address, "message": "the document doesn't say which environment it is for"} |
	some finding in findings
} if {
	not variable("environment")
}
