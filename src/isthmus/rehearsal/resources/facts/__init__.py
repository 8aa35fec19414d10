"""What schemas don't say about a resource type, one small JSON file a type.

A file has `source` (where its facts come from), `attributes` (by dotted path), `computed` and `differences` (what the
real provider is known to do otherwise, in words). Of an attribute:

    default         value that the provider plans when the configuration has none
    empty_as        the value that the provider takes an absent one for: it plans neither
    force_new       a change replaces the resource
    enum, range     values that the provider accepts; `range` is [least, most], null for none
    length, pattern least and most characters; a regular expression
    conflicts, exactly_one, at_least_one, required_with    paths of other attributes
    format          `arn`, `cidr`, `network`, `address`, `duration` (`resources.formats`)
    keys            a pattern that the keys of a map must match
    api             what the API takes where the provider says nothing (`resources.limits`); a warning
    json            JSON text: `plain` is compared by value and planned compact; `policy` is compared as IAM does
    computed_block  a nested block that the provider fills when the configuration has none
    upper           the provider writes the text in capitals
    follows         attributes whose change makes this computed one unknown again
    known           what the provider already knows at plan, as a template
    sensitive       hidden in output

`computed` has templates for the values that a recorded resource gets at apply, by dotted path: a list on the way gets
one element where the provider computes it. Instead of a template there may be several, each with its condition
(`engine=mysql.*`, empty for any), of which the first that holds counts. Templates are Python format strings
over the resource's own attributes, `_account`, `_region`, `_partition`, `_project`, `_number`, and made-up identifiers
(`resources.recording`).

Beneath them lie facts that `tools/generate_facts.py` makes from the clouds' own published models, for many more types;
where a file says something of an attribute, that holds.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import resources
from typing import Any

from isthmus.rehearsal.resources import store

GENERATED = ("aws", "google")
"""The providers whose clouds publish models of their APIs."""
_EMPTY: Mapping[str, Any] = {}


@dataclass(frozen=True)
class Facts:
    """The facts of one type; empty where nothing is known."""

    type_name: str
    source: str = ""
    attributes: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    computed: Mapping[str, Any] = field(default_factory=dict)
    differences: tuple[str, ...] = ()

    def of(self, path: str) -> Mapping[str, Any]:
        """The facts of an attribute or block by its dotted path."""
        return self.attributes.get(path, _EMPTY)

    @functools.cached_property
    def known(self) -> bool:
        """Whether anything is known of this type."""
        return bool(self.attributes or self.computed)


@functools.cache
def load(type_name: str) -> Facts:
    """Reads the facts of a resource type."""
    own, below = written(type_name), generated(type_name)
    paths = {path: {**below.get(path, {}), **own.of(path)} for path in {*below, *own.attributes}}
    return Facts(type_name, own.source, dict(sorted(paths.items())), own.computed, own.differences)


def written(type_name: str) -> Facts:
    """Only what the type's own file says."""
    provider, _, name = type_name.partition("_")
    file = resources.files(__name__) / provider / f"{name}.json"
    if not file.is_file():
        return Facts(type_name)
    content = json.loads(file.read_text())
    return Facts(
        type_name,
        source=content.get("source", ""),
        attributes=content.get("attributes", {}),
        computed=content.get("computed", {}),
        differences=tuple(content.get("differences", ())),
    )


def generated(type_name: str) -> Mapping[str, Mapping[str, Any]]:
    """Only what the clouds' published models say, by path."""
    provider = type_name.partition("_")[0]
    if provider not in GENERATED:
        return _EMPTY
    opened = store.catalogue(f"{provider}-facts")
    return opened.block("f", type_name) if f"f {type_name}" in opened.index else _EMPTY
