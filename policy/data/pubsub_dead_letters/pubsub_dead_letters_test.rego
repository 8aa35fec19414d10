package isthmus.data.pubsub_dead_letters_test

import data.isthmus.data.pubsub_dead_letters as rule
import data.isthmus.lib.fixtures
import rego.v1

subscription(name, after, unknown) := fixtures.named("google_pubsub_subscription", name, after, unknown)

good := fixtures.plan([
	subscription("work", {"topic": "events", "dead_letter_policy": [{"dead_letter_topic": "dead"}]}, {}),
	subscription("keep", {"topic": "dead", "dead_letter_policy": []}, {}),
])

bad := fixtures.plan([subscription("work", {"topic": "events", "dead_letter_policy": []}, {})])

bad_found := {{"address": "google_pubsub_subscription.work", "message": "has no dead-letter topic"}}

doubtful := fixtures.plan([subscription("work", {"topic": "events"}, {"dead_letter_policy": true})])

doubtful_found := {{"address": "google_pubsub_subscription.work", "message": "its dead-letter topic is known after apply"}}

test_what_is_asked_for_passes if {
	count(rule.fail) == 0 with input as good
	count(rule.unknown) == 0 with input as good
	count(rule.checked) > 0 with input as good
}

test_what_it_forbids_fails if {
	found := rule.fail with input as bad
	found == bad_found
}

test_what_nothing_proves_is_unknown if {
	count(rule.fail) == 0 with input as doubtful
	found := rule.unknown with input as doubtful
	found == doubtful_found
}
