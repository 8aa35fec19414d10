# METADATA
# title: Nothing uses a default network
# description: No default VPC or subnet is adopted, and no network of Google's makes its subnetworks by itself.
# custom:
#   severity: medium
#   remedy: Make a network of your own; set auto_create_subnetworks = false.
package isthmus.networking.no_default_network

import data.isthmus.lib.plan
import data.isthmus.lib.values
import rego.v1

_adopted := ["aws_default_vpc", "aws_default_subnet"]

_path := {"google_compute_network": ["auto_create_subnetworks"]}

checked := plan.addresses(_adopted) | values.checked(_path)

fail := values.present(_adopted, "adopts the account's default network") | values.others(_path, [false], "makes a subnetwork in every region")

unknown := values.unseen(_path, "whether it makes subnetworks is known after apply")
