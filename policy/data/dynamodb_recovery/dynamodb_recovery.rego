# METADATA
# title: DynamoDB tables can be restored to a point in time
# description: Point-in-time recovery is on for every table.
# custom:
#   severity: medium
#   remedy: Add point_in_time_recovery { enabled = true }.
package isthmus.data.dynamodb_recovery

import data.isthmus.lib.values
import rego.v1

_paths := {"aws_dynamodb_table": ["point_in_time_recovery", 0, "enabled"]}

checked := values.checked(_paths)

fail := values.others(_paths, [true], "can't be restored to a point in time")

unknown := values.unseen(_paths, "whether it can be restored to a point in time is known after apply")
