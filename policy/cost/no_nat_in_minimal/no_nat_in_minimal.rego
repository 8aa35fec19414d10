# METADATA
# title: The profile minimal has no NAT
# description: A NAT gateway costs more by the hour than all of minimal; functions there are outside a network.
# custom:
#   severity: high
#   remedy: Leave nat out of the environment's features, or take another cost profile.
package isthmus.cost.no_nat_in_minimal

import data.isthmus.lib.plan
import data.isthmus.lib.profile
import data.isthmus.lib.values
import rego.v1

_types := ["aws_nat_gateway", "google_compute_router_nat"]

_found := values.present(_types, "has a fixed price by the hour, and the profile is minimal")

checked := plan.addresses(_types)

fail := profile.when(["minimal"], _found)

unknown := profile.untold(_found)
