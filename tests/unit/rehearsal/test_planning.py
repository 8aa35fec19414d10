"""Planned values: what is configured, what was there, what is by default, what nobody knows yet."""

from __future__ import annotations

from typing import Any

import pytest

from isthmus.rehearsal.convert.compare import differences, dotted
from isthmus.rehearsal.convert.schema import Block, from_compact
from isthmus.rehearsal.convert.values import UNKNOWN
from isthmus.rehearsal.resources import store
from isthmus.rehearsal.resources.facts import Facts, load
from isthmus.rehearsal.resources.planning import plan_block
from isthmus.rehearsal.resources.recording import record
from isthmus.rehearsal.server.plan import planned_values
from isthmus.rehearsal.session import Session

Values = dict[str, Any]
BLOCK = from_compact(
    {
        "a": {"name": "r:s", "id": "co:s", "size": "o:n", "policy": "o:s"},
        "b": {"rule": {"n": "list", "a": {"key": "r:s", "made": "c:s"}}, "extra": {"n": "list", "a": {"x": "o:s"}}},
    }
)
FACTS = Facts(
    "aws_x",
    attributes={
        "size": {"default": 5},
        "policy": {"json": "plain"},
        "rule.key": {"force_new": True},
        "extra": {"computed_block": True},
    },
)
AWS = Session("aws", region="us-east-1", default_tags={"app": "isthmus"})
GOOGLE = Session("google", project="p", region="r")


def _config(**given: Any) -> Values:
    return {"name": "n", "id": None, "size": None, "policy": None, "rule": [], "extra": [], **given}


def test_a_new_resource_has_defaults_and_unknowns() -> None:
    planned = plan_block(BLOCK, _config(rule=[{"key": "k", "made": None}]), None, FACTS)
    assert planned == {
        "name": "n",
        "id": UNKNOWN,
        "size": 5,
        "policy": None,
        "rule": [{"key": "k", "made": UNKNOWN}],
        "extra": UNKNOWN,
    }


def test_computed_values_are_kept_while_the_resource_lives() -> None:
    prior = _config(id="1", size=5, rule=[{"key": "k", "made": "m"}], extra=[{"x": "y"}])
    assert plan_block(BLOCK, _config(rule=[{"key": "k", "made": None}]), prior, FACTS) == prior


def test_json_that_means_the_same_stays_as_it_was() -> None:
    prior = _config(id="1", size=5, policy='{"a":1}')
    assert plan_block(BLOCK, _config(policy='{ "a": 1 }'), prior, FACTS)["policy"] == '{"a":1}'


def test_an_empty_value_in_the_state_is_no_difference_to_none() -> None:
    prior = _config(id="1", size=5, policy="")
    assert plan_block(BLOCK, _config(), prior, FACTS)["policy"] == ""


def test_differences_name_the_attribute_within_the_block() -> None:
    one, other = _config(rule=[{"key": "a", "made": "m"}]), _config(rule=[{"key": "b", "made": "m"}])
    assert [*differences(BLOCK, one, other)] == [("rule", 0, "key")]
    assert dotted(("rule", 0, "key")) == "rule.key"


def _block(type_name: str) -> Block:
    return from_compact(store.catalogue(type_name.partition("_")[0]).block("r", type_name))


def _empty(block: Block) -> Values:
    return dict.fromkeys(block.attributes) | {
        name: None if nested.mode == "single" else {} if nested.mode == "map" else []
        for name, nested in block.blocks.items()
    }


def _plan(type_name: str, session: Session, prior: Values | None = None, **given: Any) -> Values:
    block = _block(type_name)
    return planned_values(block, {**_empty(block), **given}, prior, load(type_name), session)


def test_default_tags_are_merged_under_the_resources_own() -> None:
    planned = _plan("aws_sqs_queue", AWS, name="q", tags={"a": "b"})
    assert planned["tags_all"] == {"app": "isthmus", "a": "b"}
    assert planned["region"] == "us-east-1"


def test_without_any_tag_the_merged_ones_are_known_after_apply() -> None:
    assert _plan("aws_sqs_queue", Session("aws"), name="q")["tags_all"] is UNKNOWN


def test_google_resources_are_labelled_as_terraforms_when_created() -> None:
    planned = _plan("google_pubsub_topic", GOOGLE, name="t", labels={"a": "b"})
    assert planned["project"] == "p"
    assert planned["effective_labels"] == {"a": "b", "goog-terraform-provisioned": "true"}


def test_a_label_that_others_set_stays() -> None:
    first = _plan("google_pubsub_topic", GOOGLE, name="t", labels={"a": "b"})
    first["effective_labels"] = {**first["effective_labels"], "theirs": "x"}
    second = _plan("google_pubsub_topic", GOOGLE, prior=first, name="t", labels={"c": "d"})
    assert second["effective_labels"] == {"c": "d", "theirs": "x", "goog-terraform-provisioned": "true"}


def test_forwarding_rules_are_not_labelled_as_terraforms() -> None:
    planned = _plan("google_compute_global_forwarding_rule", GOOGLE, name="r", target="t", labels={"a": "b"})
    assert planned["effective_labels"] == planned["terraform_labels"] == {"a": "b"}


@pytest.mark.parametrize(
    ("type_name", "policy"),
    [
        ("google_pubsub_topic", "DELETE"),
        ("google_storage_bucket_object", "DELETE"),
        ("google_billing_budget", UNKNOWN),
        ("google_logging_project_bucket_config", UNKNOWN),
    ],
)
def test_google_decides_how_a_type_is_deleted_at_plan_only_where_it_looks_at_a_plan(
    type_name: str, policy: object
) -> None:
    planned = _plan(type_name, GOOGLE)
    assert planned["deletion_policy"] == policy
    made = record(_block(type_name), planned, load(type_name), GOOGLE, "seed")
    assert made["deletion_policy"] == "DELETE"


def test_the_email_of_a_service_account_is_known_at_plan() -> None:
    planned = _plan("google_service_account", GOOGLE, account_id="sender")
    assert planned["member"] == "serviceAccount:sender@p.iam.gserviceaccount.com"


def test_new_code_makes_the_time_of_a_function_unknown() -> None:
    first = record(
        _block("aws_lambda_function"),
        _plan("aws_lambda_function", AWS, function_name="f", role="r", source_code_hash="1"),
        load("aws_lambda_function"),
        AWS,
        "seed",
    )
    second = _plan("aws_lambda_function", AWS, prior=first, function_name="f", role="r", source_code_hash="2")
    assert second["last_modified"] is UNKNOWN
    assert second["arn"] == "arn:aws:lambda:us-east-1:000000000000:function:f"


def _minimal(block: Block) -> Values:
    """A configuration with nothing but what is required."""
    values: Values = {
        name: _sample(attribute.type) if attribute.required else None for name, attribute in block.attributes.items()
    }
    for name, nested in block.blocks.items():
        inner = [_minimal(nested.block)] * nested.min_items
        values[name] = None if nested.mode == "single" else {} if nested.mode == "map" else inner
    return values


def _sample(type_: Any) -> Any:
    samples = {"string": "sample", "number": 1, "bool": True, "map": {}, "list": [], "set": [], "dynamic": None}
    if type_.kind == "object":
        return {name: _sample(field) for name, field in type_.fields.items()}
    return samples[type_.kind]


@pytest.mark.parametrize("session", [AWS, GOOGLE], ids=lambda session: str(session.provider))
def test_no_type_of_a_whole_provider_changes_when_planned_again(session: Session) -> None:
    """Every resource type, with what is required and no more: made, recorded, planned again."""
    drifting = []
    for type_name in store.catalogue(session.provider).names("r"):
        block, known = _block(type_name), load(type_name)
        config = _minimal(block)
        state = record(block, planned_values(block, config, None, known, session), known, session, type_name)
        again = planned_values(block, config, state, known, session)
        if [*differences(block, state, again)]:
            drifting.append(type_name)
    assert drifting == []
