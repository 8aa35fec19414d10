# METADATA
# title: In prod nothing is deleted with its content
# description: >-
#   Where the environment protects its data, and in prod, no bucket, dataset or repository is destroyed while something is
#   in it.
# custom:
#   severity: high
#   remedy: Set force_destroy (delete_contents_on_destroy, force_delete) from the environment's deletion_protection.
package isthmus.data.force_destroy

import data.isthmus.lib.profile
import data.isthmus.lib.values
import rego.v1

_paths := {
	"aws_ecr_repository": ["force_delete"],
	"aws_s3_bucket": ["force_destroy"],
	"google_bigquery_dataset": ["delete_contents_on_destroy"],
	"google_storage_bucket": ["force_destroy"],
}

_found := values.others(_paths, [false, null], "is destroyed with what is in it")

checked := values.checked(_paths)

fail := profile.when_protected(_found)

unknown := values.unseen(_paths, "whether it is destroyed with what is in it is known after apply") | profile.untold_environment(_found)
