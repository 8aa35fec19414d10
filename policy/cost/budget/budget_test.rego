package isthmus.cost.budget_test

import data.isthmus.cost.budget as rule
import data.isthmus.lib.fixtures
import rego.v1

key := fixtures.resource("aws_kms_key", {"tags_all": {"layer": "foundation"}}, {})

good := fixtures.plan([key, fixtures.resource("aws_budgets_budget", {}, {})])

bad := fixtures.plan([key, fixtures.resource("google_billing_budget", {}, {})])

bad_found := {{"address": "aws_budgets_budget", "message": "isn't there, and this is a foundation"}}

test_another_layer_needs_none if {
	given := fixtures.plan([fixtures.resource("aws_kms_key", {"tags_all": {"layer": "platform"}}, {})])
	count(rule.fail) == 0 with input as given
}

test_what_is_asked_for_passes if {
	count(rule.fail) == 0 with input as good
	count(rule.unknown) == 0 with input as good
	count(rule.checked) > 0 with input as good
}

test_what_it_forbids_fails if {
	found := rule.fail with input as bad
	found == bad_found
}

test_nothing_of_it_is_unknown if {
	count(rule.unknown) == 0 with input as bad
}
