# METADATA
# title: The profile minimal has nothing that bills by the hour
# description: >-
#   Neither machines, databases and caches nor load balancers and reserved addresses are there; dev costs next to nothing
#   while nobody uses it.
# custom:
#   severity: medium
#   remedy: Use what bills by use, or take another cost profile.
package isthmus.cost.nothing_hourly_in_minimal

import data.isthmus.lib.plan
import data.isthmus.lib.profile
import data.isthmus.lib.values
import rego.v1

_types := [
	"aws_db_instance", "aws_ecs_service", "aws_eip", "aws_eks_cluster", "aws_elasticache_cluster", "aws_instance",
	"aws_globalaccelerator_accelerator", "aws_lb", "aws_msk_cluster", "aws_opensearch_domain", "aws_rds_cluster",
	"google_compute_address", "google_compute_forwarding_rule", "google_compute_global_address",
	"google_compute_global_forwarding_rule", "google_compute_instance",
	"google_container_cluster", "google_redis_instance", "google_sql_database_instance", "google_vpc_access_connector",
]

_found := values.present(_types, "bills by the hour, and the profile is minimal")

checked := plan.addresses(_types)

fail := profile.when(["minimal"], _found)

unknown := profile.untold(_found)
