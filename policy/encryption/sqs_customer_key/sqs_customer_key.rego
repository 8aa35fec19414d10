# METADATA
# title: SQS queues are encrypted under a customer key
# description: Dead letters included; the service's own key can't be withdrawn from a reader.
# custom:
#   severity: high
#   remedy: Give the queue kms_master_key_id.
package isthmus.encryption.sqs_customer_key

import data.isthmus.lib.keys
import rego.v1

_type := "aws_sqs_queue"

_path := ["kms_master_key_id"]

checked := keys.checked(_type)

fail := keys.missing(_type, _path)

unknown := keys.unproved(_type, _path)
