# METADATA
# title: S3 buckets have a lifecycle
# description: Every bucket has a lifecycle rule that is on, so that old versions and broken uploads end.
# custom:
#   severity: medium
#   remedy: Add aws_s3_bucket_lifecycle_configuration with a rule that expires old versions and aborts uploads.
package isthmus.data.s3_lifecycle

import data.isthmus.lib.companions
import data.isthmus.lib.plan
import data.isthmus.lib.values
import rego.v1

_companions := plan.of_type("aws_s3_bucket_lifecycle_configuration")

_good := [companion | some companion in _companions; _is_good(companion)]

_doubtful := [companion | some companion in _companions; _is_doubtful(companion)]

_is_doubtful(companion) if values.is_unknown(companion, ["rule"])

_is_doubtful(companion) if {
	some i in numbers.range(0, count(values.list(companion, ["rule"])))
	values.is_unknown(companion, ["rule", i, "status"])
}

_is_good(companion) if {
	some rule in values.list(companion, ["rule"])
	rule.status == "Enabled"
}

checked := plan.addresses({"aws_s3_bucket"})

fail := companions.missing("aws_s3_bucket", _good, _doubtful, ["bucket"], "has no lifecycle")

unknown := companions.unproved("aws_s3_bucket", _good, _doubtful, ["bucket"], "whether it has a lifecycle is known after apply")
