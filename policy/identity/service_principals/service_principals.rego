# METADATA
# title: A policy that lets a service in says for whom
# description: >-
#   A statement that allows a service of AWS on a topic, queue or bucket has a condition on the source's account, ARN or
#   organisation, so that nobody else's resource acts through it.
# custom:
#   severity: medium
#   remedy: Add a condition on aws:SourceAccount or aws:SourceArn.
package isthmus.identity.service_principals

import data.isthmus.lib.plan
import data.isthmus.lib.statements
import data.isthmus.lib.values
import rego.v1

_types := ["aws_sns_topic_policy", "aws_sqs_queue_policy", "aws_s3_bucket_policy", "aws_secretsmanager_secret_policy"]

_path := ["policy"]

_sources := {"aws:sourceaccount", "aws:sourcearn", "aws:sourceorgid", "aws:sourceorgpaths"}

checked := plan.addresses(_types)

fail := {values.finding(resource, sprintf("lets %s in for everybody", [principal.id])) |
	some resource in plan.of_types(_types)
	some statement in statements.of(resource, _path)
	statement.effect != "Deny"
	some principal in statement.principals
	principal.type == "Service"
	not _is_bound(statement)
}

unknown := {values.finding(resource, "which services it lets in is known after apply") |
	some resource in plan.of_types(_types)
	statements.is_hidden(resource, _path)
}

_is_bound(statement) if {
	some condition in statement.conditions
	condition.variable in _sources
}
