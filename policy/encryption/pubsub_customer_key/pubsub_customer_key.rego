# METADATA
# title: Pub/Sub topics are encrypted under a customer key
# description: Dead letters included; messages wait encrypted under a key of the project.
# custom:
#   severity: high
#   remedy: Give the topic kms_key_name, and Pub/Sub's service agent the key.
package isthmus.encryption.pubsub_customer_key

import data.isthmus.lib.keys
import rego.v1

_type := "google_pubsub_topic"

_path := ["kms_key_name"]

checked := keys.checked(_type)

fail := keys.missing(_type, _path)

unknown := keys.unproved(_type, _path)
