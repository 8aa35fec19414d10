# METADATA
# title: Cloud Storage buckets can't be public
# description: Public access prevention is enforced on every bucket.
# custom:
#   severity: high
#   remedy: Set public_access_prevention to enforced.
package isthmus.data.gcs_public_access

import data.isthmus.lib.values
import rego.v1

_paths := {"google_storage_bucket": ["public_access_prevention"]}

checked := values.checked(_paths)

fail := values.others(_paths, ["enforced"], "doesn't prevent public access")

unknown := values.unseen(_paths, "whether it prevents public access is known after apply")
