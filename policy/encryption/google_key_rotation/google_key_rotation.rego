# METADATA
# title: Keys of Cloud KMS rotate every 90 days
# description: >-
#   Every symmetric key has a rotation period of at most 90 days (7,776,000 seconds, as CIS Google Cloud 1.10 asks).
# custom:
#   severity: high
#   remedy: Set rotation_period of google_kms_crypto_key to "7776000s" or less.
package isthmus.encryption.google_key_rotation

import data.isthmus.lib.plan
import data.isthmus.lib.values
import rego.v1

_path := ["rotation_period"]

_most_seconds := 7776000

_rotating := [key |
	some key in plan.of_type("google_kms_crypto_key")
	values.value(key, ["purpose"]) in [null, "ENCRYPT_DECRYPT"]
]

checked := {key.address | some key in _rotating}

fail := {values.finding(key, "doesn't rotate every 90 days") |
	some key in _rotating
	values.is_known(key, _path)
	not _is_often_enough(values.value(key, _path))
}

unknown := {values.finding(key, "its rotation period is known after apply") |
	some key in _rotating
	values.is_unknown(key, _path)
}

_is_often_enough(period) if {
	is_string(period)
	to_number(trim_suffix(period, "s")) <= _most_seconds
}
