package isthmus.naming.google_labels_test

import data.isthmus.lib.fixtures
import data.isthmus.naming.google_labels as rule
import rego.v1

topic(labels, unknown) := fixtures.plan([fixtures.resource("google_pubsub_topic", {"effective_labels": labels}, unknown)])

good := topic({"environment": "dev", "managed_by": "terraform", "project": "p"}, {})

bad := topic({}, {})

bad_found := {{"address": "google_pubsub_topic.this", "message": "lacks the labels environment, managed_by, project"}}

doubtful := topic(null, {"effective_labels": true})

doubtful_found := {{"address": "google_pubsub_topic.this", "message": "its labels are known after apply"}}

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
