# METADATA
# title: No machine has a public address
# description: >-
#   Neither instances nor subnets of AWS give public addresses, and no interface of an instance of Google's has one.
# custom:
#   severity: high
#   remedy: Set associate_public_ip_address and map_public_ip_on_launch to false; leave access_config out.
package isthmus.networking.instance_public_address

import data.isthmus.lib.plan
import data.isthmus.lib.values
import rego.v1

_paths := {"aws_instance": ["associate_public_ip_address"], "aws_subnet": ["map_public_ip_on_launch"]}

_message := "gives a public address"

_google := plan.of_types(["google_compute_instance", "google_compute_instance_template"])

checked := values.checked(_paths) | {instance.address | some instance in _google}

fail := values.others(_paths, [false, null], _message) | {values.finding(instance, _message) |
	some instance in _google
	some interface in values.list(instance, ["network_interface"])
	is_array(interface.access_config)
	count(interface.access_config) > 0
}

unknown := {values.finding(resource, "whether it gives a public address is known after apply") |
	some type, path in _paths
	some resource in plan.of_type(type)
	values.is_unknown(resource, path)
	not values.is_computed(resource, path)
}
