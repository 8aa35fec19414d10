# METADATA
# title: Cloud Storage buckets have a lifecycle
# description: Every bucket has a lifecycle rule, so that old versions and broken uploads end.
# custom:
#   severity: medium
#   remedy: Add a lifecycle_rule that deletes old versions and aborts uploads.
package isthmus.data.gcs_lifecycle

import data.isthmus.lib.plan
import data.isthmus.lib.values
import rego.v1

_path := ["lifecycle_rule"]

checked := values.checked({"google_storage_bucket": _path})

fail := {values.finding(bucket, "has no lifecycle") |
	some bucket in plan.of_type("google_storage_bucket")
	_is_absent(bucket)
}

_is_absent(bucket) if {
	values.is_known(bucket, _path)
	count(values.list(bucket, _path)) == 0
}

_is_absent(bucket) if values.is_computed(bucket, _path)

unknown := values.unseen({"google_storage_bucket": _path}, "whether it has a lifecycle is known after apply")
