# METADATA
# title: Every subscription of SNS has a dead-letter queue
# description: >-
#   A subscription to a queue, a function or an HTTP endpoint has a redrive policy; mail and messages to telephones can't
#   have one.
# custom:
#   severity: medium
#   remedy: Set redrive_policy of aws_sns_topic_subscription to a queue for dead letters.
package isthmus.data.sns_dead_letters

import data.isthmus.lib.plan
import data.isthmus.lib.values
import rego.v1

_path := ["redrive_policy"]

_subscriptions := [subscription |
	some subscription in plan.of_type("aws_sns_topic_subscription")
	not values.value(subscription, ["protocol"]) in ["email", "email-json", "sms", "application"]
]

checked := {subscription.address | some subscription in _subscriptions}

fail := {values.finding(subscription, "has no dead-letter queue") |
	some subscription in _subscriptions
	values.is_known(subscription, _path)
	not values.is_given(subscription, _path)
}

unknown := {values.finding(subscription, "its dead-letter queue is known after apply") |
	some subscription in _subscriptions
	values.is_unknown(subscription, _path)
	not values.is_from(subscription, _path, ["aws_sqs_queue"])
}
