# METADATA
# title: Every VPC has flow logs
# description: A flow log of all traffic names the VPC.
# custom:
#   severity: medium
#   remedy: Add an aws_flow_log with vpc_id and traffic_type ALL, or switch on flow_logs in the environment's features.
package isthmus.networking.vpc_flow_logs

import data.isthmus.lib.companions
import data.isthmus.lib.plan
import data.isthmus.lib.values
import rego.v1

_good := [log | some log in plan.of_type("aws_flow_log"); values.value(log, ["traffic_type"]) == "ALL"]

_doubtful := [log | some log in plan.of_type("aws_flow_log"); values.is_unknown(log, ["traffic_type"])]

checked := plan.addresses({"aws_vpc"})

fail := companions.missing("aws_vpc", _good, _doubtful, ["vpc_id"], "has no flow log of all traffic")

unknown := companions.unproved("aws_vpc", _good, _doubtful, ["vpc_id"], "whether a flow log is its own is known after apply")
