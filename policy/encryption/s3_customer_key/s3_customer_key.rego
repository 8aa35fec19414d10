# METADATA
# title: S3 buckets are encrypted under a customer key
# description: Every bucket has a server-side encryption configuration with aws:kms and a key of the account, not the service's own.
# custom:
#   severity: high
#   remedy: Give kms_master_key_id of aws_s3_bucket_server_side_encryption_configuration, with sse_algorithm aws:kms.
package isthmus.encryption.s3_customer_key

import data.isthmus.lib.keys
import rego.v1

_type := "aws_s3_bucket_server_side_encryption_configuration"

_path := ["rule", 0, "apply_server_side_encryption_by_default", 0, "kms_master_key_id"]

checked := keys.checked(_type)

fail := keys.missing(_type, _path)

unknown := keys.unproved(_type, _path)
