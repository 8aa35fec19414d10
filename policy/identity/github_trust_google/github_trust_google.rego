# METADATA
# title: GitHub's workflows come into Google Cloud by the repository's id
# description: >-
#   A workload identity provider for GitHub's tokens has a condition on the repository's and the owner's id, without an
#   alternative.
# custom:
#   severity: high
#   remedy: Ask for assertion.repository_id == 'ID' && assertion.repository_owner_id == 'ID' in attribute_condition.
package isthmus.identity.github_trust_google

import data.isthmus.lib.plan
import data.isthmus.lib.values
import rego.v1

_path := ["attribute_condition"]

_needed := ["repository_id", "repository_owner_id"]

_providers := [provider |
	some provider in plan.of_type("google_iam_workload_identity_pool_provider")
	issuer := object.get(provider.values, ["oidc", 0, "issuer_uri"], null)
	is_string(issuer)
	contains(issuer, "token.actions.githubusercontent.com")
]

checked := {resource.address | some resource in _providers}

fail := {values.finding(provider, sprintf("asks for no %s", [claim])) |
	some provider in _providers
	values.is_known(provider, _path)
	some claim in _needed
	not _asks(values.value(provider, _path), claim)
}

unknown := {values.finding(provider, "its condition is known after apply") |
	some provider in _providers
	values.is_unknown(provider, _path)
}

# With an alternative (||) the rest of the condition may not count.
_asks(condition, claim) if {
	is_string(condition)
	not contains(condition, "||")
	regex.match(concat("", [`assertion\.`, claim, `\s*==\s*['"][0-9]+['"]`]), condition)
}
