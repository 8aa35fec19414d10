# METADATA
# title: BigQuery datasets are encrypted under a customer key
# description: Every dataset has a default key, so that each of its tables has one.
# custom:
#   severity: high
#   remedy: Give the dataset default_encryption_configuration.kms_key_name.
package isthmus.encryption.bigquery_customer_key

import data.isthmus.lib.keys
import rego.v1

_type := "google_bigquery_dataset"

_path := ["default_encryption_configuration", 0, "kms_key_name"]

checked := keys.checked(_type)

fail := keys.missing(_type, _path)

unknown := keys.unproved(_type, _path)
