package isthmus.encryption.google_key_rotation_test

import data.isthmus.encryption.google_key_rotation as rule
import data.isthmus.lib.fixtures
import rego.v1

good := fixtures.plan([
	fixtures.resource("google_kms_crypto_key", {"rotation_period": "7776000s"}, {}),
	fixtures.named("google_kms_crypto_key", "signs", {"rotation_period": null, "purpose": "ASYMMETRIC_SIGN"}, {}),
])

bad := fixtures.plan([
	fixtures.named("google_kms_crypto_key", "never", {"rotation_period": null}, {}),
	fixtures.named("google_kms_crypto_key", "rarely", {"rotation_period": "7776001s"}, {}),
])

bad_found := {{"address": sprintf("google_kms_crypto_key.%s", [name]), "message": "doesn't rotate every 90 days"} |
	some name in ["never", "rarely"]
}

doubtful := fixtures.plan([fixtures.resource("google_kms_crypto_key", {}, {"rotation_period": true})])

doubtful_found := {{"address": "google_kms_crypto_key.this", "message": "its rotation period is known after apply"}}

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
