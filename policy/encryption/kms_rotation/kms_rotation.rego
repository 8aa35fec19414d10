# METADATA
# title: Keys of AWS KMS rotate
# description: Every symmetric customer key has its rotation on; AWS keeps the old material to decrypt what is there.
# custom:
#   severity: high
#   remedy: Set enable_key_rotation = true on aws_kms_key.
package isthmus.encryption.kms_rotation

import data.isthmus.lib.plan
import data.isthmus.lib.values
import rego.v1

_path := ["enable_key_rotation"]

# Asymmetric and HMAC keys, and keys of an own store, can't rotate by themselves.
_rotating := [key |
	some key in plan.of_type("aws_kms_key")
	values.value(key, ["key_usage"]) in [null, "ENCRYPT_DECRYPT"]
	values.value(key, ["customer_master_key_spec"]) in [null, "SYMMETRIC_DEFAULT"]
	not values.is_given(key, ["custom_key_store_id"])
]

checked := {key.address | some key in _rotating}

fail := {values.finding(key, "doesn't rotate") |
	some key in _rotating
	values.is_known(key, _path)
	values.value(key, _path) != true
}

unknown := {values.finding(key, "whether it rotates is known after apply") |
	some key in _rotating
	values.is_unknown(key, _path)
}
