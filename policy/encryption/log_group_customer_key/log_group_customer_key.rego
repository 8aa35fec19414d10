# METADATA
# title: Log groups are encrypted under a customer key
# description: Every log group names a key; without one the service's own is used.
# custom:
#   severity: high
#   remedy: Give the log group kms_key_id, and the key a statement for logs.REGION.amazonaws.com.
package isthmus.encryption.log_group_customer_key

import data.isthmus.lib.keys
import rego.v1

_type := "aws_cloudwatch_log_group"

_path := ["kms_key_id"]

checked := keys.checked(_type)

fail := keys.missing(_type, _path)

unknown := keys.unproved(_type, _path)
