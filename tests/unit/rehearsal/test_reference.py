"""What ships beside what was read off the real providers, where that is at hand; versions differ, and are told apart.

The shipped schemas are of AWS 6.66 and Google 7.46, the reference's of AWS 6.47 and Google 7.45: what only the newer
has was added since, what only the older has was removed. What both have must be the same, but for a few changes.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from isthmus.rehearsal.convert.schema import Attribute, Block, Nested, from_compact
from isthmus.rehearsal.resources import facts, store

REFERENCE = Path(__file__).parents[4] / "shared" / "reference"
SCHEMAS = {"aws": "aws-6.47-schema.json.gz", "google": "google-7.45-schema.json.gz"}
BEHAVIOUR = {"aws": "aws-5.46-behaviour.json.gz", "google": "google-7.45-behaviour.json.gz"}
Difference = tuple[str, str]


def _reference(name: str) -> Any:
    if not (REFERENCE / name).is_file():
        pytest.skip("what was read off the real providers is not here")
    return json.loads(gzip.decompress((REFERENCE / name).read_bytes()))


def _types(provider: str, real: dict[str, Any]) -> Iterator[Difference]:
    catalogue = store.catalogue(provider)
    for kind, schemas in (("r", real["resource_schemas"]), ("d", real["data_source_schemas"])):
        ours = {*catalogue.names(kind)}
        yield from (("only theirs", name) for name in {*schemas} - ours)
        yield from (("only ours", name) for name in ours - {*schemas})
        for name in ours & {*schemas}:
            yield from _block(from_compact(catalogue.block(kind, name)), schemas[name]["block"], f"{name}.")


def _block(ours: Block, theirs: dict[str, Any], path: str) -> Iterator[Difference]:
    attributes, blocks = theirs.get("attributes", {}), theirs.get("block_types", {})
    mine = {*ours.attributes, *ours.blocks}
    yield from (("only theirs", path + name) for name in {*attributes, *blocks} - mine)
    yield from (("only ours", path + name) for name in mine - {*attributes, *blocks})
    for name in ({*attributes} | {*blocks}) & mine:
        if (name in attributes) != (name in ours.attributes):
            yield "not both attribute or block", path + name
        elif name in attributes:
            yield _attribute(ours.attributes[name], attributes[name], path + name)
        else:
            yield _nested(ours.blocks[name], blocks[name], path + name)
            yield from _block(ours.blocks[name].block, blocks[name]["block"], f"{path}{name}.")


def _attribute(ours: Attribute, theirs: dict[str, Any], path: str) -> Difference:
    flags = tuple(bool(theirs.get(flag)) for flag in ("required", "optional", "computed"))
    kind = theirs["type"] if isinstance(theirs["type"], str) else theirs["type"][0]
    if flags != (ours.required, ours.optional, ours.computed):
        return "required, optional or computed differ", path
    return ("types differ" if kind != ours.type.kind else "same"), path


def _nested(ours: Nested, theirs: dict[str, Any], path: str) -> Difference:
    return ("nesting differs" if theirs["nesting_mode"] != ours.mode else "same"), path


@pytest.mark.parametrize("provider", ["aws", "google"])
def test_schemas_are_those_of_the_real_providers(provider: str) -> None:
    """But for what has been added, all is the same except for one in five hundred."""
    found: dict[str, list[str]] = {}
    for kind, path in _types(provider, _reference(SCHEMAS[provider])):
        found.setdefault(kind, []).append(path)
    reasons = {"only ours": " (added since)", "only theirs": " (removed since)"}
    print(f"{provider} {store.catalogue(provider).version} (ours) beside {SCHEMAS[provider]} (theirs)")
    for kind, paths in sorted(found.items()):
        print(f"  {len(paths):6} {kind}{reasons.get(kind, '')}", "" if kind == "same" else ", ".join(sorted(paths)[:8]))
    same = len(found.pop("same"))
    found.pop("only ours")
    assert sum(map(len, found.values())) < same * 0.002


@pytest.mark.parametrize("provider", ["aws", "google"])
def test_no_fact_makes_a_replacement_that_the_real_provider_makes_in_place(provider: str) -> None:
    """Of every type that the reference knows; what is newer than it (a type, an attribute) is not judged."""
    wrong, judged = [], 0
    for type_name, real in _reference(BEHAVIOUR[provider]).items():
        if f"r {type_name}" not in store.catalogue(provider).index:
            continue
        for path, fact in facts.load(type_name).attributes.items():
            steps = path.split(".")
            above = (".".join(steps[: count + 1]) for count in range(len(steps)))
            if fact.get("force_new"):
                judged += 1
                if not any(real.get(prefix, {}).get("force_new") for prefix in above):
                    wrong.append(f"{type_name}.{path}")
    print(f"{provider}: {judged} replacing attributes judged, {len(wrong)} not in the reference: {wrong}")
    assert len(wrong) <= judged * 0.002


@pytest.mark.parametrize("provider", ["aws", "google"])
def test_no_enum_is_narrower_than_the_real_providers(provider: str) -> None:
    narrower = []
    for type_name, real in _reference(BEHAVIOUR[provider]).items():
        for path, fact in facts.load(type_name).attributes.items():
            options = {option for option in real.get(path, {}).get("enum", ()) if " sel:" not in str(option)} - {""}
            if "enum" in fact and options - {*fact["enum"]}:
                narrower.append(f"{type_name}.{path}: {sorted(options - {*fact['enum']})[:3]}")
    print(f"{provider}: {narrower}")
    assert len(narrower) <= 5
