# METADATA
# title: The profile minimal keeps nothing running
# description: Cloud Run has no minimum of instances, and no function has provisioned concurrency.
# custom:
#   severity: medium
#   remedy: Set min_instance_count to 0 and remove aws_lambda_provisioned_concurrency_config, or take another cost profile.
package isthmus.cost.minimum_instances

import data.isthmus.lib.plan
import data.isthmus.lib.profile
import data.isthmus.lib.values
import rego.v1

_message := "keeps instances running, and the profile is minimal"

_service := "google_cloud_run_v2_service"

_paths := [["template", 0, "scaling", 0, "min_instance_count"], ["scaling", 0, "min_instance_count"]]

_provisioned := ["aws_lambda_provisioned_concurrency_config"]

_found := values.present(_provisioned, _message) | {values.finding(service, _message) |
	some service in plan.of_type(_service)
	some path in _paths
	least := values.value(service, path)
	is_number(least)
	least > 0
}

checked := plan.addresses([_service]) | plan.addresses(_provisioned)

fail := profile.when(["minimal"], _found)

# A block that the configuration doesn't have is the provider's: no minimum.
unknown := profile.untold(_found) | {values.finding(service, "its least instances are known after apply") |
	some service in plan.of_type(_service)
	some path in _paths
	values.is_unknown(service, path)
	not values.is_computed(service, path)
}
