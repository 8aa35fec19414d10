# METADATA
# title: Cloud Storage buckets have uniform access
# description: Grants are on the bucket, not on single objects that nobody sees.
# custom:
#   severity: medium
#   remedy: Set uniform_bucket_level_access = true.
package isthmus.data.gcs_uniform_access

import data.isthmus.lib.values
import rego.v1

_paths := {"google_storage_bucket": ["uniform_bucket_level_access"]}

checked := values.checked(_paths)

fail := values.others(_paths, [true], "has no uniform access")

unknown := values.unseen(_paths, "whether it has uniform access is known after apply")
