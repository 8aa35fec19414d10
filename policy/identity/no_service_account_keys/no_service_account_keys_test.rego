package isthmus.identity.no_service_account_keys_test

import data.isthmus.identity.no_service_account_keys as rule
import data.isthmus.lib.fixtures
import rego.v1

good := fixtures.plan([fixtures.resource("google_service_account", {}, {})])

bad := fixtures.plan([fixtures.resource("google_service_account_key", {}, {})])

bad_found := {{"address": "google_service_account_key.this", "message": "is a key that lasts"}}

test_what_is_asked_for_passes if count(rule.fail) == 0 with input as good

test_what_it_forbids_fails if {
	found := rule.fail with input as bad
	found == bad_found
}

test_nothing_of_it_is_unknown if {
	count(rule.unknown) == 0 with input as bad
}
