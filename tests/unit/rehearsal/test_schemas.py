"""The schemas that ship: whole providers, and as the real ones say."""

from __future__ import annotations

import gzip
import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from isthmus.rehearsal.convert.schema import Block, from_compact
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


def _paths(block: Block, prefix: str = "") -> Iterator[str]:
    for name in block.attributes:
        yield prefix + name
    for name, nested in block.blocks.items():
        yield prefix + name
        yield from _paths(nested.block, f"{prefix}{name}.")


@pytest.mark.parametrize("provider", ["aws", "google"])
def test_schemas_agree_with_the_real_providers(provider: str) -> None:
    """Of the attributes that both versions have, one in two hundred may differ: versions differ too."""
    if not (REFERENCE / _FILES[provider]).is_file():
        pytest.skip("the real providers' schemas are not here")
    with gzip.open(REFERENCE / _FILES[provider]) as handle:
        real = json.load(handle)["resource_schemas"]
    catalogue = store.catalogue(provider)
    counts: Counter[str] = Counter()
    for type_name, schema in real.items():
        if f"r {type_name}" in catalogue.index:
            _count(from_compact(catalogue.block("r", type_name)), schema["block"], counts)
    print(f"{provider} {catalogue.version} beside {_FILES[provider]}: {dict(counts)}")
    assert counts["different"] / counts["same"] < 0.005


def _count(ours: Block, theirs: dict[str, Any], counts: Counter[str]) -> None:
    for name, attribute in theirs.get("attributes", {}).items():
        mine = ours.attributes.get(name)
        if mine is None:
            counts["only theirs"] += 1
            continue
        flags = tuple(bool(attribute.get(flag)) for flag in ("required", "optional", "computed"))
        agrees = flags == (mine.required, mine.optional, mine.computed) and _kind(attribute["type"]) == mine.type.kind
        counts["same" if agrees else "different"] += 1
    for name, nested in theirs.get("block_types", {}).items():
        mine_nested = ours.blocks.get(name)
        if mine_nested is None:
            counts["only theirs"] += 1
            continue
        counts["same" if nested["nesting_mode"] == mine_nested.mode else "different"] += 1
        _count(mine_nested.block, nested["block"], counts)


def _kind(type_: Any) -> str:
    return type_ if isinstance(type_, str) else str(type_[0])
