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

_inside := {"INGRESS_TRAFFIC_INTERNAL_ONLY", "INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER"}

_open := values.others(_paths, _inside, "takes requests from everywhere")

checked := values.checked(_paths)

fail := profile.when(["balanced", "resilient"], _open)

unknown := values.unseen(_paths, "its ingress is known after apply") | profile.untold(_open)
