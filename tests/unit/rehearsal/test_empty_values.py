"""Empty values in a configuration: the older SDK plans some of them as absent, the newer framework as they are."""

from __future__ import annotations

from typing import Any

import pytest

from isthmus.rehearsal.convert.schema import from_compact
from isthmus.rehearsal.convert.values import UNKNOWN
from isthmus.rehearsal.resources import store
from isthmus.rehearsal.resources.facts import Facts, load
from isthmus.rehearsal.resources.planning import plan_block
from isthmus.rehearsal.server.plan import planned_values
from isthmus.rehearsal.session import Session

ATTRIBUTES = {"text": "o:s", "list": "o:Ls", "set": "o:Ss", "map": "o:Ms", "made": "co:Ss"}
INNER = {"rule": {"n": "list", "a": {"text": "o:s"}}, "group": {"n": "set", "a": {"text": "o:s"}}}
LEGACY = from_compact({"a": {"id": "co:s", **ATTRIBUTES}, "b": INNER})
FRAMEWORK = from_compact({"a": {"id": "c:s", **ATTRIBUTES}, "b": INNER})
EMPTY = {"text": "", "list": [], "set": [], "map": {}, "made": []}


def _plan(block: Any, config: dict[str, Any], prior: dict[str, Any] | None = None, **facts: Any) -> dict[str, Any]:
    nothing = {"id": None, **dict.fromkeys(ATTRIBUTES), "rule": [], "group": []}
    before = None if prior is None else {**nothing, "id": "1", **prior}
    planned = plan_block(block, {**nothing, **config}, before, Facts("aws_x", attributes=facts))
    return {name: planned[name] for name in config}


def test_the_older_sdk_plans_an_empty_set_or_map_as_absent() -> None:
    assert _plan(LEGACY, EMPTY) == {"text": "", "list": [], "set": None, "map": None, "made": UNKNOWN}


def test_the_framework_plans_empty_values_as_they_are() -> None:
    assert _plan(FRAMEWORK, EMPTY) == EMPTY


def test_an_empty_value_is_no_change_to_an_absent_one_and_takes_away_one_that_was_there() -> None:
    assert _plan(LEGACY, {"set": [], "map": {}}, prior={}) == {"set": None, "map": None}
    assert _plan(LEGACY, {"text": "", "map": {}}, prior={"text": "a", "map": {"b": "c"}}) == {"text": "", "map": {}}


def test_inside_a_set_of_blocks_the_older_sdk_plans_an_absent_text_as_empty() -> None:
    blocks = {"rule": [{"text": None}], "group": [{"text": None}]}
    assert _plan(LEGACY, blocks) == {"rule": [{"text": None}], "group": [{"text": ""}]}
    assert _plan(FRAMEWORK, blocks) == blocks


@pytest.mark.parametrize("config", [None, "USUAL"])
def test_what_the_provider_takes_an_absent_value_for_is_not_planned(config: str | None) -> None:
    fact = {"default": "USUAL", "empty_as": "USUAL"}
    assert _plan(LEGACY, {"text": config}, text=fact)["text"] is None
    assert _plan(LEGACY, {"text": config}, prior={"text": None}, text=fact)["text"] is None
    assert _plan(LEGACY, {"text": "OTHER"}, prior={"text": None}, text=fact)["text"] == "OTHER"


@pytest.mark.parametrize(
    ("type_name", "policy"), [("google_pubsub_topic", "DELETE"), ("google_firestore_database", "ABANDON")]
)
def test_the_deletion_policy_of_google_types_is_known_at_plan(type_name: str, policy: str) -> None:
    block = from_compact(store.catalogue("google").block("r", type_name))
    config = dict.fromkeys(block.attributes) | {name: [] for name in block.blocks} | {"name": "n", "timeouts": None}
    planned = planned_values(block, config, None, load(type_name), Session("google", project="p"))
    assert planned["deletion_policy"] == policy


def test_the_older_sdk_knows_nothing_of_a_list_set_or_map_with_an_unknown_element() -> None:
    """Seen in plans of the real Google provider 7.45: notification channels and labels of made resources."""
    config = {"list": ["a", UNKNOWN], "set": [UNKNOWN], "map": {"a": "b", "c": UNKNOWN}}
    assert _plan(LEGACY, config) == dict.fromkeys(config, UNKNOWN)
    assert _plan(FRAMEWORK, config) == config
