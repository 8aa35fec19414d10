# METADATA
# title: Google networks let nothing out that no rule allows
# description: >-
#   Every network has a firewall, or a rule of a policy that is associated with it, that denies egress to 0.0.0.0/0.
# custom:
#   severity: high
#   remedy: Add a rule of low precedence that denies EGRESS to 0.0.0.0/0, and rules above it for what may go out.
package isthmus.networking.google_egress_denied

import data.isthmus.lib.companions
import data.isthmus.lib.plan
import data.isthmus.lib.values
import rego.v1

_policy := "google_compute_network_firewall_policy"

_associations := plan.of_type("google_compute_network_firewall_policy_association")

_denying := [rule |
	some rule in plan.of_type("google_compute_network_firewall_policy_rule")
	values.value(rule, ["action"]) == "deny"
	_goes_everywhere(rule, ["match", 0, "dest_ip_ranges"])
]

_denied := companions.keys(_denying, ["firewall_policy"], _policy)

_policies := [policy | some policy in plan.of_type(_policy); companions.is_named(policy, _denied - {"(any)"})]

_good := [association |
	some association in _associations
	named := companions.keys([association], ["firewall_policy"], _policy)
	some policy in _policies
	companions.is_named(policy, named - {"(any)"})
]

_doubtful := [association |
	some association in _associations
	"(any)" in (companions.keys([association], ["firewall_policy"], _policy) | _denied)
]

_firewalls := [firewall |
	some firewall in plan.of_type("google_compute_firewall")
	values.is_given(firewall, ["deny"])
	_goes_everywhere(firewall, ["destination_ranges"])
]

_goes_everywhere(rule, path) if {
	values.value(rule, ["direction"]) == "EGRESS"
	values.value(rule, ["disabled"]) in [null, false]
	"0.0.0.0/0" in values.list(rule, path)
}

_sure := _keys(_good, ["attachment_target"]) | _keys(_firewalls, ["network"])

_keys(companions_given, path) := companions.keys(companions_given, path, "google_compute_network")

checked := plan.addresses({"google_compute_network"})

fail := companions.absent("google_compute_network", _sure, _keys(_doubtful, ["attachment_target"]), "has no rule that denies egress")

unknown := companions.vague(
	"google_compute_network", _sure, _keys(_doubtful, ["attachment_target"]),
	"whether a rule that denies egress is its own is known after apply",
)
