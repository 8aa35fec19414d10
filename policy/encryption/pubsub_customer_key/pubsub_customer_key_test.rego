package isthmus.encryption.pubsub_customer_key_test

import data.isthmus.encryption.pubsub_customer_key as rule
import data.isthmus.lib.fixtures
import rego.v1

known(values) := fixtures.plan([fixtures.resource("google_pubsub_topic", values, {})])

unproved := fixtures.plan([fixtures.resource("google_pubsub_topic", {}, {"kms_key_name": true})])

test_a_key_passes if {
	given := known({"kms_key_name": "projects/p/locations/r/keyRings/k/cryptoKeys/c"})
	count(rule.checked) == 1 with input as given
	count(rule.fail) == 0 with input as given
	count(rule.unknown) == 0 with input as given
}

test_no_key_fails if {
	found := rule.fail with input as known({})
	found == {{"address": "google_pubsub_topic.this", "message": "has no customer key"}}
}

test_a_key_that_nothing_proves_is_unknown if {
	count(rule.fail) == 0 with input as unproved
	count(rule.unknown) == 1 with input as unproved
}

test_a_reference_to_a_key_proves_it if {
	given := fixtures.referring(unproved, {"kms_key_name": {"references": ["google_kms_crypto_key.domain.id", "google_kms_crypto_key.domain"]}})
	count(rule.fail) == 0 with input as given
	count(rule.unknown) == 0 with input as given
}
