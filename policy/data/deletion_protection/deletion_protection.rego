# METADATA
# title: In prod what holds data can't be deleted by mistake
# description: >-
#   Where the environment protects its data, and in prod, tables, databases, services and load balancers have deletion
#   protection.
# custom:
#   severity: high
#   remedy: Set deletion_protection (deletion_protection_enabled, enable_deletion_protection) from the environment's deletion_protection.
package isthmus.data.deletion_protection

import data.isthmus.lib.plan
import data.isthmus.lib.profile
import data.isthmus.lib.values
import rego.v1

_paths := {
	"aws_db_instance": ["deletion_protection"],
	"aws_dynamodb_table": ["deletion_protection_enabled"],
	"aws_lb": ["enable_deletion_protection"],
	"aws_rds_cluster": ["deletion_protection"],
	"google_bigquery_table": ["deletion_protection"],
	"google_cloud_run_v2_service": ["deletion_protection"],
	"google_sql_database_instance": ["deletion_protection"],
}

_found := {finding |
	some finding in values.others(_paths, [true], "can be deleted by mistake")
	not finding.address in _views
}

# A table over files of a bucket, or a view, holds nothing itself.
_views := {table.address |
	some table in plan.of_type("google_bigquery_table")
	some name in ["external_data_configuration", "view", "materialized_view"]
	values.is_given(table, [name])
}

checked := values.checked(_paths)

fail := profile.when_protected(_found)

unknown := values.unseen(_paths, "whether it is protected is known after apply") | profile.untold_environment(_found)
