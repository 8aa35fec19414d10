# METADATA
# title: Every Google subnetwork has flow logs
# description: Each subnetwork has a log_config; those that only proxies or private connections use can't have one.
# custom:
#   severity: medium
#   remedy: Add a log_config to google_compute_subnetwork.
package isthmus.networking.subnet_flow_logs

import data.isthmus.lib.plan
import data.isthmus.lib.values
import rego.v1

_path := ["log_config"]

_logged := [subnet |
	some subnet in plan.of_type("google_compute_subnetwork")
	not values.value(subnet, ["purpose"]) in ["REGIONAL_MANAGED_PROXY", "GLOBAL_MANAGED_PROXY", "PRIVATE_SERVICE_CONNECT", "PRIVATE_NAT"]
]

checked := {subnet.address | some subnet in _logged}

fail := {values.finding(subnet, "has no flow logs") |
	some subnet in _logged
	values.is_known(subnet, _path)
	not values.is_given(subnet, _path)
}

unknown := {values.finding(subnet, "whether it has flow logs is known after apply") |
	some subnet in _logged
	values.is_unknown(subnet, _path)
}
