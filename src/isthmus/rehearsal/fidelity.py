"""How true the rehearsal is to the real providers, type by type."""

from __future__ import annotations

import importlib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from isthmus.rehearsal import scan
from isthmus.rehearsal.resources import facts, hooks, store
from isthmus.rehearsal.stack import Stack

REALIZED, RECORDED, SCHEMA_ONLY = "realized", "recorded", "schema only"
_CLOUDS = ("aws", "google")
# What a kind of fact is called, in the order shown.
_KINDS = {
    "default": "defaults",
    "force_new": "replacing",
    "enum": "options",
    "range": "ranges",
    "length": "lengths",
    "pattern": "patterns",
    "format": "formats",
    "keys": "keys",
    "conflicts": "conflicts",
    "exactly_one": "exactly one",
    "at_least_one": "at least one",
    "required_with": "required with",
    "json": "JSON",
    "computed_block": "computed blocks",
    "known": "known early",
    "follows": "recomputed",
    "api": "API limits",
}


@dataclass(frozen=True)
class Fidelity:
    """What is known of a resource type.

    Attributes:
        type_name: As `aws_sqs_queue`.
        level: `realized` (made on the local clouds), `recorded` (in state only, with the values that the real provider
            would read back) or `schema only` (in state only; what the cloud decides is made up by type).
        facts: How many attributes have a fact of each kind.
        logic: Whether plan-time logic of its own is modelled.
        differences: What the real provider is known to do otherwise.
    """

    type_name: str
    level: str
    facts: Mapping[str, int]
    logic: bool
    differences: tuple[str, ...]

    @property
    def known(self) -> str:
        """The facts as text: `3 defaults, 2 ranges, plan-time logic`."""
        counted = [f"{count} {kind}" for kind, count in self.facts.items()]
        return ", ".join([*counted, "plan-time logic"] if self.logic else counted) or "none"


def of_type(type_name: str) -> Fidelity:
    """What is known of a type, whether any provider has it or not."""
    known, written = facts.load(type_name), facts.written(type_name)
    counts = Counter(kind for fact in known.attributes.values() for kind in fact)
    return Fidelity(
        type_name=type_name,
        level=_level(type_name, written),
        facts={name: counts[kind] for kind, name in _KINDS.items() if counts[kind]},
        logic=any(type_name in table for table in (hooks.PLAN, hooks.CHECK, hooks.REPLACE)),
        differences=(*known.differences, *_common_differences(type_name, written)),
    )


def of_stack(stack: Stack) -> list[Fidelity]:
    """What is known of the resource types that a root module and its modules use, by name."""
    return of_types(scan.scan(stack.directory, stack.workspace.modules).resources)


def of_types(type_names: Iterable[str]) -> list[Fidelity]:
    """What is known of these types, of those that the clouds' providers have."""
    return [of_type(name) for name in sorted(type_names) if name.partition("_")[0] in _CLOUDS and _exists(name)]


def written_types() -> list[str]:
    """All types with a facts file of their own."""
    return [name for cloud in _CLOUDS for name in store.catalogue(cloud).names("r") if facts.written(name).known]


def _exists(type_name: str) -> bool:
    return f"r {type_name}" in store.catalogue(type_name.partition("_")[0]).index


def _level(type_name: str, written: facts.Facts) -> str:
    cloud = type_name.partition("_")[0]
    module: Any = importlib.import_module(f"isthmus.rehearsal.realize.{cloud}")
    if type_name in module.REALIZERS:
        return REALIZED
    return RECORDED if written.computed else SCHEMA_ONLY


def _common_differences(type_name: str, written: facts.Facts) -> list[str]:
    if not written.known:
        return ["defaults, relations between attributes and most checks are not known"]
    return [] if written.computed else ["values that the cloud decides are made up by type"]
