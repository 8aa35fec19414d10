"""The schemas that ship: whole providers, and as the real ones say."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from isthmus.rehearsal.convert.schema import Block, from_compact
from isthmus.rehearsal.convert.types import Type
from isthmus.rehearsal.resources import facts, store
from isthmus.rehearsal.server.provider import Provider, Used
from isthmus.rehearsal.server.schemas import get_provider_schema
from isthmus.rehearsal.session import Session

REFERENCE = Path(__file__).parents[4] / "shared" / "reference"
_FILES = {"aws": "aws-6.47-schema.json.gz", "google": "google-7.45-schema.json.gz"}


@pytest.mark.parametrize(("provider", "least"), [("aws", 1650), ("google", 1050)])
def test_whole_providers_are_there_in_little_space(provider: str, least: int) -> None:
    assert len(store.catalogue(provider).names("r")) >= least
    assert (store.DIRECTORY / f"{provider}.bin").stat().st_size < 300_000


def test_only_the_types_in_use_are_sent() -> None:
    used = Used(frozenset({"aws_sqs_queue", "aws_no_such_thing"}), frozenset({"aws_region"}))
    sent = get_provider_schema(Provider("aws", used, Session("aws")), None, "")
    assert (set(sent.resource_schemas), set(sent.data_source_schemas)) == ({"aws_sqs_queue"}, {"aws_region"})


@pytest.mark.parametrize("provider", ["aws", "google"])
def test_facts_name_only_what_the_schemas_have(provider: str) -> None:
    folder = Path(facts.__file__).parent / provider
    strangers = []
    for file in folder.glob("*.json"):
        type_name = f"{provider}_{file.stem}"
        block = from_compact(store.catalogue(provider).block("r", type_name))
        paths, known = {*_paths(block)}, facts.load(type_name)
        named = {*known.attributes, *known.computed}
        named |= {other for fact in known.attributes.values() for other in fact.get("conflicts", ())}
        strangers += [f"{type_name}.{path}" for path in named - paths]
        assert known.source
    assert strangers == []


@pytest.mark.parametrize("type_name", ["aws_wafv2_rule_group", "aws_wafv2_web_acl"])
def test_statements_of_a_firewall_hold_statements_three_deep(type_name: str) -> None:
    """Terraform refuses a set with an attribute of any type, so a rule's statement needs one."""
    rule = from_compact(store.catalogue("aws").block("r", type_name)).blocks["rule"].block
    assert "statement" not in rule.attributes
    paths = {*_paths(rule)}
    assert "statement.rate_based_statement.evaluation_window_sec" in paths
    assert "statement.and_statement.statement.not_statement.statement.geo_match_statement" in paths
    assert not any(path.count("_statement.statement") > 2 for path in paths)
    (root,) = (nested for name, nested in rule.blocks.items() if name == "statement")
    assert (root.min_items, root.max_items) == (1, 1)


def _paths(block: Block, prefix: str = "") -> Iterator[str]:
    for name, attribute in block.attributes.items():
        yield prefix + name
        yield from _fields(attribute.type, f"{prefix}{name}.")
    for name, nested in block.blocks.items():
        yield prefix + name
        yield from _paths(nested.block, f"{prefix}{name}.")


def _fields(type_: Type | None, prefix: str) -> Iterator[str]:
    while type_ is not None and type_.kind in ("list", "set"):
        type_ = type_.element
    for name, field in (type_.fields or {} if type_ else {}).items():
        yield prefix + name
        yield from _fields(field, f"{prefix}{name}.")
