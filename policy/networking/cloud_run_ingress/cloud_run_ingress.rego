# METADATA
# title: Cloud Run takes requests from inside or through the load balancer
# description: No service has ingress from everywhere. The profile minimal has no load balancer, so its ingest may have it.
# custom:
#   severity: high
#   remedy: Set ingress to INGRESS_TRAFFIC_INTERNAL_ONLY or INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER.
package isthmus.networking.cloud_run_ingress

import data.isthmus.lib.profile
import data.isthmus.lib.values
import rego.v1

_paths := {"google_cloud_run_v2_service": ["ingress"]}

_allowed := {"INGRESS_TRAFFIC_INTERNAL_ONLY", "INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER"} | _in_minimal

default _in_minimal := set()

_in_minimal := {"INGRESS_TRAFFIC_ALL"} if profile.name == "minimal"

checked := values.checked(_paths)

# Without its profile a state doesn't say whether it may be open.
_findings := values.others(_paths, _allowed, "takes requests from everywhere")

default fail := set()

fail := _findings if profile.is_known

unknown := values.unseen(_paths, "its ingress is known after apply") | _untold

default _untold := set()

_untold := {object.union(finding, {"message": profile.untold}) | some finding in _findings} if not profile.is_known
