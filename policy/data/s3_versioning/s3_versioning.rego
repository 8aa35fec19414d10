# METADATA
# title: S3 buckets keep old versions
# description: Every bucket has versioning on, so that what is overwritten or deleted comes back.
# custom:
#   severity: high
#   remedy: Add aws_s3_bucket_versioning with status Enabled.
package isthmus.data.s3_versioning

import data.isthmus.lib.companions
import data.isthmus.lib.plan
import data.isthmus.lib.values
import rego.v1

_companions := plan.of_type("aws_s3_bucket_versioning")

_good := [companion | some companion in _companions; _is_good(companion)]

_doubtful := [companion | some companion in _companions; values.is_unknown(companion, _path)]

_path := ["versioning_configuration", 0, "status"]

_is_good(companion) if values.value(companion, _path) == "Enabled"

checked := plan.addresses({"aws_s3_bucket"})

fail := companions.missing("aws_s3_bucket", _good, _doubtful, ["bucket"], "has no versioning")

unknown := companions.unproved("aws_s3_bucket", _good, _doubtful, ["bucket"], "whether it has versioning is known after apply")
