# METADATA
# title: Cloud Storage buckets keep old versions
# description: Every bucket has versioning on.
# custom:
#   severity: high
#   remedy: Add versioning { enabled = true }.
package isthmus.data.gcs_versioning

import data.isthmus.lib.values
import rego.v1

_paths := {"google_storage_bucket": ["versioning", 0, "enabled"]}

checked := values.checked(_paths)

fail := values.others(_paths, [true], "has no versioning")

unknown := values.unseen(_paths, "whether it has versioning is known after apply")
