# METADATA
# title: Every subscription of Pub/Sub has a dead-letter topic
# description: >-
#   A subscription has a dead_letter_policy; one that keeps dead letters, which nothing else takes them from, is waived.
# custom:
#   severity: high
#   remedy: Add a dead_letter_policy with a topic, and a subscription that keeps what comes there.
package isthmus.data.pubsub_dead_letters

import data.isthmus.lib.companions
import data.isthmus.lib.plan
import data.isthmus.lib.values
import rego.v1

_type := "google_pubsub_subscription"

_path := ["dead_letter_policy"]

# Topics that dead letters go to: a subscription of one keeps them.
_dead := [{"policy": subscription, "path": ["dead_letter_policy", 0, "dead_letter_topic"]} |
	some subscription in plan.of_type(_type)
]

_topics := {key |
	some entry in _dead
	some key in companions.named(entry.policy, entry.path, "google_pubsub_topic")
}

_keeps_dead_letters(subscription) if {
	some key in companions.named(subscription, ["topic"], "google_pubsub_topic")
	key in (_topics - {"(any)"})
}

checked := plan.addresses({_type})

fail := {values.finding(subscription, "has no dead-letter topic") |
	some subscription in plan.of_type(_type)
	values.is_known(subscription, _path)
	not values.is_given(subscription, _path)
	not _keeps_dead_letters(subscription)
}

unknown := {values.finding(subscription, "its dead-letter topic is known after apply") |
	some subscription in plan.of_type(_type)
	values.is_unknown(subscription, _path)
	not _keeps_dead_letters(subscription)
}
