# METADATA
# title: Logs are kept no longer than the profile says
# description: minimal keeps logs for 7 days, balanced for 30, resilient for 365, as the table of environments has it.
# custom:
#   severity: low
#   remedy: Take the days from the profile module's settings, or another cost profile.
package isthmus.cost.log_retention

import data.isthmus.lib.plan
import data.isthmus.lib.profile
import data.isthmus.lib.values
import rego.v1

_paths := {
	"aws_cloudwatch_log_group": ["retention_in_days"],
	"google_logging_project_bucket_config": ["retention_days"],
}

_most_days := {"minimal": 7, "balanced": 30, "resilient": 365}

checked := values.checked(_paths)

_found(most) := {values.finding(log, sprintf("keeps logs for %d days; the profile has %d", [days, most])) |
	some type, path in _paths
	some log in plan.of_type(type)
	days := values.value(log, path)
	is_number(days)
	days > most
}

fail := _found(object.get(_most_days, profile.name, 365))

unknown := values.unseen(_paths, "how long it keeps logs is known after apply") | profile.untold(_found(7) - _found(365))
