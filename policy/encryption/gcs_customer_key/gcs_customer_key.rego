# METADATA
# title: Cloud Storage buckets are encrypted under a customer key
# description: Every bucket has a default key; without one Google's own is used.
# custom:
#   severity: high
#   remedy: Give the bucket encryption.default_kms_key_name, and its service agent the key.
package isthmus.encryption.gcs_customer_key

import data.isthmus.lib.keys
import rego.v1

_type := "google_storage_bucket"

_path := ["encryption", 0, "default_kms_key_name"]

checked := keys.checked(_type)

fail := keys.missing(_type, _path)

unknown := keys.unproved(_type, _path)
