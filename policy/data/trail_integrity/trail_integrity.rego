# METADATA
# title: The trail of AWS covers every region and is validated
# description: Every CloudTrail is multi-region and writes digests that show whether a file was changed.
# custom:
#   severity: low
#   remedy: Set is_multi_region_trail and enable_log_file_validation to true.
package isthmus.data.trail_integrity

import data.isthmus.lib.values
import rego.v1

_regions := {"aws_cloudtrail": ["is_multi_region_trail"]}

_digests := {"aws_cloudtrail": ["enable_log_file_validation"]}

checked := values.checked(_regions)

fail := values.others(_regions, [true], "covers one region only") | values.others(_digests, [true], "isn't validated")

unknown := values.unseen(_regions, "whether it covers every region is known after apply") | values.unseen(
	_digests,
	"whether it is validated is known after apply",
)
