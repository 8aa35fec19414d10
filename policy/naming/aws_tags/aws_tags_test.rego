package isthmus.naming.aws_tags_test

import data.isthmus.lib.fixtures
import data.isthmus.naming.aws_tags as rule
import rego.v1

topic(tags, unknown) := fixtures.plan([fixtures.resource("aws_sns_topic", {"tags_all": tags}, unknown)])

good := topic({"environment": "dev", "managed_by": "terraform", "project": "p", "more": "x"}, {})

bad := topic({"environment": "dev"}, {})

bad_found := {{"address": "aws_sns_topic.this", "message": "lacks the tags managed_by, project"}}

doubtful := topic(null, {"tags_all": true})

doubtful_found := {{"address": "aws_sns_topic.this", "message": "its tags are known after apply"}}

test_no_tags_at_all_fails if count(rule.fail) == 1 with input as topic(null, {})

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
