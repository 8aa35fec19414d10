# METADATA
# title: SNS topics are encrypted under a customer key
# description: What waits for delivery is encrypted under a key of the account.
# custom:
#   severity: high
#   remedy: Give the topic kms_master_key_id.
package isthmus.encryption.sns_customer_key

import data.isthmus.lib.keys
import rego.v1

_type := "aws_sns_topic"

_path := ["kms_master_key_id"]

checked := keys.checked(_type)

fail := keys.missing(_type, _path)

unknown := keys.unproved(_type, _path)
