# METADATA
# title: Google firewalls let nobody in from everywhere
# description: >-
#   No firewall and no rule of a policy allows ingress from outside the private ranges and those of Google's load balancers.
# custom:
#   severity: high
#   remedy: Give source ranges inside the network, or those of Google's load balancers and their health checks.
package isthmus.networking.google_firewall_ingress

import data.isthmus.lib.networks
import data.isthmus.lib.plan
import data.isthmus.lib.values
import rego.v1

_firewalls := [found | some found in plan.of_type("google_compute_firewall"); _is_ingress(found); _allows(found)]

_rules := [found |
	some found in plan.of_types(["google_compute_network_firewall_policy_rule", "google_compute_firewall_policy_rule"])
	_is_ingress(found)
	not values.value(found, ["action"]) in ["deny", "goto_next"]
]

checked := {found.address | some found in array.concat(_firewalls, _rules)}

fail := {values.finding(found, sprintf("lets %s in", [range])) |
	some found in array.concat(_firewalls, _rules)
	some range in _ranges(found)
	networks.is_outside(range)
}

unknown := {values.finding(found, "who may come in is known after apply") |
	some found in array.concat(_firewalls, _rules)
	values.is_open(found, _path(found))
	not values.is_computed(found, _path(found))
}

_is_ingress(found) if values.value(found, ["direction"]) in [null, "INGRESS"]

_allows(found) if values.is_given(found, ["allow"])

_allows(found) if values.is_open(found, ["allow"])

_path(found) := ["source_ranges"] if found.type == "google_compute_firewall"

_path(found) := ["match", 0, "src_ip_ranges"] if found.type != "google_compute_firewall"

# Without ranges, tags and accounts everybody comes in.
_ranges(found) := {"0.0.0.0/0"} if {
	not values.is_given(found, _path(found))
	not values.is_open(found, _path(found))
	every path in [["source_tags"], ["source_service_accounts"], ["match", 0, "src_secure_tags"]] {
		not values.is_given(found, path)
	}
}

_ranges(found) := {range | some range in values.list(found, _path(found)); is_string(range)} if {
	values.is_given(found, _path(found))
}
