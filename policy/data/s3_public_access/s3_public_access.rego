# METADATA
# title: S3 buckets block public access
# description: Every bucket has a public access block with all four settings on.
# custom:
#   severity: high
#   remedy: Add aws_s3_bucket_public_access_block with its four settings true.
package isthmus.data.s3_public_access

import data.isthmus.lib.companions
import data.isthmus.lib.plan
import data.isthmus.lib.values
import rego.v1

_companions := plan.of_type("aws_s3_bucket_public_access_block")

_good := [companion | some companion in _companions; _is_good(companion)]

_doubtful := [companion | some companion in _companions; values.is_open(companion, ["block_public_policy"])]

_settings := ["block_public_acls", "block_public_policy", "ignore_public_acls", "restrict_public_buckets"]

_is_good(companion) if {
	every name in _settings {
		values.value(companion, [name]) == true
	}
}

checked := plan.addresses({"aws_s3_bucket"})

fail := companions.missing("aws_s3_bucket", _good, _doubtful, ["bucket"], "doesn't block public access")

unknown := companions.unproved("aws_s3_bucket", _good, _doubtful, ["bucket"], "whether it blocks public access is known after apply")
