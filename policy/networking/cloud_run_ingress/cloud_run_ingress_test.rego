package isthmus.networking.cloud_run_ingress_test

import data.isthmus.lib.fixtures
import data.isthmus.networking.cloud_run_ingress as rule
import rego.v1

service(ingress) := fixtures.plan([fixtures.resource("google_cloud_run_v2_service", {"ingress": ingress}, {})])

good := fixtures.profiled(service("INGRESS_TRAFFIC_INTERNAL_ONLY"), "balanced")

bad := fixtures.profiled(service("INGRESS_TRAFFIC_ALL"), "balanced")

bad_found := {{"address": "google_cloud_run_v2_service.this", "message": "takes requests from everywhere"}}

doubtful := fixtures.plan([fixtures.resource("google_cloud_run_v2_service", {}, {"ingress": true})])

doubtful_found := {{"address": "google_cloud_run_v2_service.this", "message": "its ingress is known after apply"}}

test_minimal_has_no_load_balancer if {
	count(rule.fail) == 0 with input as fixtures.profiled(service("INGRESS_TRAFFIC_ALL"), "minimal")
}

test_without_a_profile_it_is_unknown if {
	given := object.remove(service("INGRESS_TRAFFIC_ALL"), {"variables"})
	count(rule.fail) == 0 with input as given
	count(rule.unknown) == 1 with input as given
}

test_what_is_asked_for_passes if {
	count(rule.fail) == 0 with input as good
	count(rule.unknown) == 0 with input as good
	count(rule.checked) > 0 with input as good
}

test_what_it_forbids_fails if {
	found := rule.fail with input as bad
	found == bad_found
}

test_what_nothing_proves_is_unknown if {
	count(rule.fail) == 0 with input as doubtful
	found := rule.unknown with input as doubtful
	found == doubtful_found
}
