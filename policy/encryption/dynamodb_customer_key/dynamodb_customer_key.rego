# METADATA
# title: DynamoDB tables are encrypted under a customer key
# description: A table has a server_side_encryption block with a key of the account.
# custom:
#   severity: high
#   remedy: Give the table server_side_encryption with enabled and kms_key_arn.
package isthmus.encryption.dynamodb_customer_key

import data.isthmus.lib.keys
import rego.v1

_type := "aws_dynamodb_table"

_path := ["server_side_encryption", 0, "kms_key_arn"]

checked := keys.checked(_type)

fail := keys.missing(_type, _path)

unknown := keys.unproved(_type, _path)
