# METADATA
# title: Logs end
# description: Every log group and log bucket has a retention; without one AWS keeps and bills logs for ever.
# custom:
#   severity: medium
#   remedy: Set retention_in_days, or retention_days, from the cost profile.
package isthmus.data.log_retention

import data.isthmus.lib.plan
import data.isthmus.lib.values
import rego.v1

_paths := {
	"aws_cloudwatch_log_group": ["retention_in_days"],
	"google_logging_folder_bucket_config": ["retention_days"],
	"google_logging_project_bucket_config": ["retention_days"],
}

checked := values.checked(_paths)

fail := values.others(_paths, _given, "keeps logs for ever")

_given := {days |
	some type, path in _paths
	some log in plan.of_type(type)
	days := values.value(log, path)
	is_number(days)
	days > 0
}

unknown := values.unseen(_paths, "how long it keeps logs is known after apply")
