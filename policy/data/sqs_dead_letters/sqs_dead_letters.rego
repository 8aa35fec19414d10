# METADATA
# title: Every queue has a dead-letter queue
# description: >-
#   A queue has a redrive policy; one that takes dead letters itself, which a redrive_allow_policy says, needs none.
# custom:
#   severity: high
#   remedy: Set redrive_policy to a queue for dead letters, and give that one a redrive_allow_policy.
package isthmus.data.sqs_dead_letters

import data.isthmus.lib.companions
import data.isthmus.lib.plan
import data.isthmus.lib.values
import rego.v1

_path := ["redrive_policy"]

_policies := plan.of_type("aws_sqs_queue_redrive_policy")

_allowances := plan.of_type("aws_sqs_queue_redrive_allow_policy")

# Queues that a resource of its own gives a policy, or the right to take dead letters.
_keys := companions.keys(array.concat(_policies, _allowances), ["queue_url"], "aws_sqs_queue")

_takes_dead_letters(queue) if values.is_given(queue, ["redrive_allow_policy"])

_takes_dead_letters(queue) if {
	values.is_unknown(queue, ["redrive_allow_policy"])
	not values.is_computed(queue, ["redrive_allow_policy"])
}

_needing := [queue |
	some queue in plan.of_type("aws_sqs_queue")
	not _takes_dead_letters(queue)
	not values.is_given(queue, _path)
	not companions.is_named(queue, _keys - {"(any)"})
]

# A policy that names a queue for dead letters, whose ARN is known after apply.
_is_set(queue) if values.is_from(queue, _path, ["aws_sqs_queue"])

# Without a block in the configuration the provider computes nothing: there is none.
_is_absent(queue) if values.is_known(queue, _path)

_is_absent(queue) if values.is_computed(queue, _path)

checked := plan.addresses({"aws_sqs_queue"})

fail := {values.finding(queue, "has no dead-letter queue") |
	some queue in _needing
	_is_absent(queue)
	not "(any)" in _keys
}

unknown := {values.finding(queue, "its dead-letter queue is known after apply") |
	some queue in _needing
	not _is_set(queue)
	_is_vague(queue)
}

_is_vague(_) if "(any)" in _keys

_is_vague(queue) if not _is_absent(queue)
