"""Who may invoke a function, and which queues feed it."""

from __future__ import annotations

import json
from typing import Any

from isthmus.rehearsal.realize.aws.resource import AwsResource, change_tags, tags_of, whole
from isthmus.rehearsal.realize.base import Context, State
from isthmus.rehearsal.realize.resource import Found
from isthmus.rehearsal.realize.states import agrees, block, blocks, changed, is_set, own_name, text

_PERMISSION = {
    "action": "Action",
    "event_source_token": "EventSourceToken",
    "function_url_auth_type": "FunctionUrlAuthType",
    "invoked_via_function_url": "InvokedViaFunctionUrl",
    "principal": "Principal",
    "principal_org_id": "PrincipalOrgID",
    "qualifier": "Qualifier",
    "source_account": "SourceAccount",
    "source_arn": "SourceArn",
}
_MAPPING = {
    "batch_size": "BatchSize",
    "bisect_batch_on_function_error": "BisectBatchOnFunctionError",
    "function_response_types": "FunctionResponseTypes",
    "kms_key_arn": "KMSKeyArn",
    "maximum_batching_window_in_seconds": "MaximumBatchingWindowInSeconds",
    "maximum_record_age_in_seconds": "MaximumRecordAgeInSeconds",
    "maximum_retry_attempts": "MaximumRetryAttempts",
    "parallelization_factor": "ParallelizationFactor",
    "tumbling_window_in_seconds": "TumblingWindowInSeconds",
}
_NUMBERS = {name for name in _MAPPING if name.split("_")[0] in ("batch", "maximum", "parallelization", "tumbling")}


class Permission(AwsResource):
    """aws_lambda_permission."""

    service = "lambda"
    label = "Lambda Permission"
    named_by = "statement_id"

    def make(self, planned: State, ctx: Context) -> Found:
        """A statement in the function's policy."""
        arguments = {theirs: planned[ours] for ours, theirs in _PERMISSION.items() if is_set(planned, ours)}
        name = own_name(planned, "statement_id")
        self.client(planned, ctx).add_permission(FunctionName=planned["function_name"], StatementId=name, **arguments)
        return {"id": name}

    def find(self, state: State, ctx: Context) -> Found | None:
        """The statement of that name; what its conditions say is in other words than the arguments."""
        name = text(state, "id") or text(state, "statement_id")
        qualifier = {"Qualifier": state["qualifier"]} if is_set(state, "qualifier") else {}
        answer = self.client(state, ctx).get_policy(FunctionName=state["function_name"], **qualifier)
        statements = json.loads(answer["Policy"])["Statement"]
        statement = next((one for one in statements if one["Sid"] == name), None)
        if statement is None:
            return None
        conditions = statement.get("Condition", {})
        return {
            "action": statement["Action"],
            "id": name,
            "principal": _principal(statement["Principal"]),
            "region": statement["Resource"].split(":")[3],
            "source_account": _condition(conditions, "StringEquals", "AWS:SourceAccount"),
            "source_arn": _condition(conditions, "ArnLike", "AWS:SourceArn"),
            "statement_id": name,
            "statement_id_prefix": "",
        }

    def change(self, prior: State, planned: State, ctx: Context) -> None:
        """Nothing of it can change."""

    def remove(self, state: State, ctx: Context) -> None:
        """The statement only."""
        qualifier = {"Qualifier": state["qualifier"]} if is_set(state, "qualifier") else {}
        self.client(state, ctx).remove_permission(
            FunctionName=state["function_name"], StatementId=state["id"], **qualifier
        )


class EventSourceMapping(AwsResource):
    """aws_lambda_event_source_mapping."""

    service = "lambda"
    label = "Lambda Event Source Mapping"
    named_by = "event_source_arn"
    volatile = ("last_modified", "last_processing_result", "state", "state_transition_reason")
    fresh = ("function_arn",)

    def make(self, planned: State, ctx: Context) -> Found:
        """An equal mapping that is there is taken: a second one would get half the messages."""
        client = self.client(planned, ctx)
        there = client.list_event_source_mappings(
            EventSourceArn=planned["event_source_arn"], FunctionName=planned["function_name"]
        )["EventSourceMappings"]
        for mapping in there:
            if mapping.get("State") != "Deleting" and agrees(planned, _found(mapping, planned)):
                return {"id": mapping["UUID"]}
        answer = client.create_event_source_mapping(
            EventSourceArn=planned["event_source_arn"],
            FunctionName=planned["function_name"],
            Enabled=planned.get("enabled") is not False,
            Tags=tags_of(planned),
            **_arguments(planned),
            **({"StartingPosition": planned["starting_position"]} if is_set(planned, "starting_position") else {}),
        )
        return {"id": answer["UUID"]}

    def find(self, state: State, ctx: Context) -> Found | None:
        """The mapping and its tags."""
        client = self.client(state, ctx)
        mapping = client.get_event_source_mapping(UUID=state["id"])
        if mapping.get("State") == "Deleting":
            return None
        tags = client.list_tags(Resource=mapping["EventSourceMappingArn"])["Tags"]
        return {**_found(mapping, state), "tags_all": tags}

    def change(self, prior: State, planned: State, ctx: Context) -> None:
        """Everything but the queue that it reads."""
        client, uuid = self.client(prior, ctx), prior["id"]
        names = (*_MAPPING, "enabled", "filter_criteria", "function_name", "scaling_config")
        if any(changed(prior, planned, name) for name in names):
            client.update_event_source_mapping(
                UUID=uuid,
                FunctionName=planned["function_name"],
                Enabled=planned.get("enabled") is not False,
                **_arguments(planned, with_empty=True),
            )
        change_tags(
            prior,
            planned,
            lambda tags: client.tag_resource(Resource=prior["arn"], Tags=tags),
            lambda names: client.untag_resource(Resource=prior["arn"], TagKeys=names),
        )

    def remove(self, state: State, ctx: Context) -> None:
        """What is being handled ends by itself."""
        self.client(state, ctx).delete_event_source_mapping(UUID=state["id"])


def _arguments(planned: State, with_empty: bool = False) -> dict[str, Any]:
    given: dict[str, Any] = {}
    for ours, theirs in _MAPPING.items():
        if is_set(planned, ours):
            given[theirs] = whole(planned[ours]) if ours in _NUMBERS else planned[ours]
    if concurrency := block(planned, "scaling_config").get("maximum_concurrency"):
        given["ScalingConfig"] = {"MaximumConcurrency": whole(concurrency)}
    elif with_empty:
        given["ScalingConfig"] = {}
    filters = [{"Pattern": item["pattern"]} for item in blocks(block(planned, "filter_criteria"), "filter")]
    if filters or with_empty:
        given["FilterCriteria"] = {"Filters": filters}
    return given


def _found(mapping: dict[str, Any], state: State) -> dict[str, Any]:
    arn = mapping["EventSourceMappingArn"]
    function = text(state, "function_name") or mapping["FunctionArn"]
    is_same = mapping["FunctionArn"].endswith(function.rsplit(":", 1)[-1])
    concurrency = mapping.get("ScalingConfig", {}).get("MaximumConcurrency")
    return {
        **{ours: mapping.get(theirs) for ours, theirs in _MAPPING.items()},
        "arn": arn,
        "enabled": mapping["State"] in ("Creating", "Enabled", "Enabling", "Updating"),
        "event_source_arn": mapping["EventSourceArn"],
        "function_arn": mapping["FunctionArn"],
        # By name or by ARN: the state keeps to what the configuration says.
        "function_name": function if is_same else mapping["FunctionArn"],
        "id": mapping["UUID"],
        "last_modified": mapping["LastModified"].strftime("%Y-%m-%dT%H:%M:%SZ"),
        "last_processing_result": mapping.get("LastProcessingResult", ""),
        "region": arn.split(":")[3],
        "scaling_config": [{"maximum_concurrency": concurrency}] if concurrency else [],
        "state": mapping["State"],
        "state_transition_reason": mapping.get("StateTransitionReason", ""),
        "uuid": mapping["UUID"],
    }


def _principal(principal: Any) -> str:
    if isinstance(principal, str):
        return principal
    value = principal.get("Service") or principal.get("AWS") or ""
    return str(value[0] if isinstance(value, list) else value)


def _condition(conditions: dict[str, Any], operator: str, key: str) -> str:
    found = {name.lower(): value for name, value in conditions.get(operator, {}).items()}
    return str(found.get(key.lower(), ""))


REALIZERS = {"aws_lambda_event_source_mapping": EventSourceMapping(), "aws_lambda_permission": Permission()}
