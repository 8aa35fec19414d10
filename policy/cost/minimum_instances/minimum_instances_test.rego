package isthmus.cost.minimum_instances_test

import data.isthmus.cost.minimum_instances as rule
import data.isthmus.lib.fixtures
import rego.v1

service(least, unknown) := fixtures.plan([fixtures.resource(
	"google_cloud_run_v2_service",
	{"template": [{"scaling": [{"min_instance_count": least}]}]},
	unknown,
)])

good := service(0, {})

bad := service(1, {})

bad_found := {{
	"address": "google_cloud_run_v2_service.this",
	"message": "keeps instances running, and the profile is minimal",
}}

doubtful := service(null, {"template": [{"scaling": [{"min_instance_count": true}]}]})

doubtful_found := {{
	"address": "google_cloud_run_v2_service.this",
	"message": "its least instances are known after apply",
}}

test_resilient_may_keep_some if count(rule.fail) == 0 with input as fixtures.profiled(bad, "resilient")

test_without_a_profile_it_is_unknown if {
	given := object.remove(bad, {"variables"})
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
