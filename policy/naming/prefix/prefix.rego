# METADATA
# title: Names begin with the environment's prefix
# description: >-
#   What has a name that others of the account or of the world share begins with the variable prefix, with hyphens or
#   underscores.
# custom:
#   severity: medium
#   remedy: Begin the name with var.prefix.
package isthmus.naming.prefix

import data.isthmus.lib.plan
import data.isthmus.lib.profile
import data.isthmus.lib.values
import rego.v1

_paths := {
	"aws_dynamodb_table": ["name"],
	"aws_iam_policy": ["name"],
	"aws_iam_role": ["name"],
	"aws_kms_alias": ["name"],
	"aws_lambda_function": ["function_name"],
	"aws_s3_bucket": ["bucket"],
	"aws_sns_topic": ["name"],
	"aws_sqs_queue": ["name"],
	"google_bigquery_dataset": ["dataset_id"],
	"google_cloud_run_v2_service": ["name"],
	"google_compute_network": ["name"],
	"google_kms_key_ring": ["name"],
	"google_pubsub_subscription": ["name"],
	"google_pubsub_topic": ["name"],
	"google_service_account": ["account_id"],
	"google_storage_bucket": ["name"],
}

# Without a prefix nothing is compared: a state has none unless it is given.
default _prefix := ""

_prefix := profile.variable("prefix")

checked := {resource.address |
	_prefix != ""
	some resource in plan.of_types(object.keys(_paths))
}

fail := {values.finding(resource, sprintf("is named %s, without the prefix %s", [name, _prefix])) |
	some type, path in _paths
	some resource in plan.of_type(type)
	name := values.value(resource, path)
	is_string(name)
	not startswith(replace(trim_prefix(name, "alias/"), "_", "-"), replace(_prefix, "_", "-"))
}

unknown := {values.finding(resource, "its name is known after apply") |
	_prefix != ""
	some type, path in _paths
	some resource in plan.of_type(type)
	values.is_unknown(resource, path)
	not _is_prefixed(resource)
}

_is_prefixed(resource) if {
	prefix := object.get(resource.values, "name_prefix", object.get(resource.values, "bucket_prefix", null))
	is_string(prefix)
	startswith(prefix, _prefix)
}
