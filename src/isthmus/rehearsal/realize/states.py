"""How what a cloud answers becomes a Terraform state: unknowns filled, drift shown, spelling kept."""

from __future__ import annotations

import json
import time
from collections.abc import Collection, Iterator, Mapping
from itertools import count
from typing import Any

from isthmus.rehearsal.convert.values import UNKNOWN
from isthmus.rehearsal.realize.base import State

_SEQUENCE = count(1)


def complete(planned: State, found: Mapping[str, Any], fresh: Collection[str] = ()) -> State:
    """The state after a create or update: as planned, with every unknown replaced by what the cloud made of it.

    Args:
        planned: Terraform's plan.
        found: The cloud's values by the provider's names.
        fresh: Names whose found value counts even where the plan kept the old one (dates, versions).
    """
    return {
        name: found[name] if name in fresh and name in found else _filled(value, found.get(name))
        for name, value in planned.items()
    }


def _filled(planned: Any, found: Any) -> Any:
    if planned is UNKNOWN:
        return found
    if isinstance(planned, dict):
        known = found if isinstance(found, dict) else {}
        return {name: _filled(value, known.get(name)) for name, value in planned.items()}
    if isinstance(planned, list):
        others = found if isinstance(found, list) and len(found) == len(planned) else [None] * len(planned)
        return [_filled(one, other) for one, other in zip(planned, others, strict=True)]
    return planned


def refreshed(state: State, found: Mapping[str, Any]) -> State:
    """The state after a read: found values where they mean something else, the state's own spelling where they don't.

    What the configuration leaves unset stays unset: there the cloud has its default. Only after an import, when the
    state is little more than an id, everything found is taken.
    """
    imported = is_imported(state)
    shown = {name: value for name, value in found.items() if imported or state.get(name) not in (None, [])}
    return {**state, **{name: value for name, value in shown.items() if not same(state.get(name), value)}}


def is_imported(state: State) -> bool:
    """Whether a state is what an import starts from: places, an id, and what is part of that."""
    identity = str(state.get("id"))
    told = (value for name, value in state.items() if name not in ("id", "region", "project") and value)
    return all(isinstance(value, str) and value in identity for value in told)


def same(ours: Any, theirs: Any) -> bool:
    """Whether two values mean the same to the cloud.

    Unset equals empty, JSON documents are compared as documents, lists of names as sets. Inside a block what ours
    leaves unset is not compared: there the cloud chooses.
    """
    if _is_empty(ours) and _is_empty(theirs):
        return True
    if isinstance(ours, str) and isinstance(theirs, str):
        return ours == theirs or same_document(ours, theirs)
    if isinstance(ours, dict) and isinstance(theirs, dict):
        return all(same(ours.get(name), theirs.get(name)) for name in {*ours, *theirs})
    if isinstance(ours, list) and isinstance(theirs, list):
        return _same_list(ours, theirs)
    return bool(ours == theirs)


def _same_list(ours: list[Any], theirs: list[Any]) -> bool:
    if len(ours) != len(theirs):
        return False
    if all(isinstance(item, str) for item in (*ours, *theirs)):
        return sorted(ours) == sorted(theirs)
    return all(_same_block(one, other) for one, other in zip(ours, theirs, strict=True))


def _same_block(ours: Any, theirs: Any) -> bool:
    if isinstance(ours, dict) and isinstance(theirs, dict):
        return all(
            same(value, theirs.get(name)) for name, value in ours.items() if name in theirs and value is not None
        )
    # A block without arguments reads as null.
    return (_is_empty(ours) and isinstance(theirs, dict)) or same(ours, theirs)


def _is_empty(value: Any) -> bool:
    return value is None or (not isinstance(value, bool) and value in ("", 0, [], {})) or value is False


def same_document(ours: str, theirs: str) -> bool:
    """Whether two JSON texts are the same document; one value and a list of it are the same, as in a policy."""
    try:
        return bool(_canonical(json.loads(ours)) == _canonical(json.loads(theirs)))
    except ValueError:
        return False


def _canonical(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _canonical(item) for name, item in value.items()}
    if isinstance(value, list):
        items = [_canonical(item) for item in value]
        if len(items) == 1:
            return items[0]
        return sorted(items) if all(isinstance(item, str) for item in items) else items
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def agrees(planned: State, found: Mapping[str, Any]) -> bool:
    """Whether what was found is what the plan asks for, as far as the plan knows it."""
    return all(
        same(without_unknown(planned.get(name)), value) for name, value in found.items() if is_set(planned, name)
    )


def is_set(values: Mapping[str, Any], name: str) -> bool:
    """Whether an attribute has a known value that is not null."""
    return values.get(name) is not None and values.get(name) is not UNKNOWN


def text(values: Mapping[str, Any], name: str) -> str:
    """An attribute as text; empty when it is unset or unknown."""
    return str(values[name]) if is_set(values, name) else ""


def changed(prior: State, planned: State, name: str) -> bool:
    """Whether the plan gives an attribute another meaning. What is unknown is the cloud's to choose: no change."""
    return planned.get(name) is not UNKNOWN and not same(prior.get(name), planned.get(name))


def without_unknown(value: Any) -> Any:
    """The value with every unknown inside it unset."""
    if value is UNKNOWN:
        return None
    if isinstance(value, dict):
        return {name: without_unknown(item) for name, item in value.items()}
    if isinstance(value, list):
        return [without_unknown(item) for item in value]
    return value


def block(values: Mapping[str, Any], name: str) -> dict[str, Any]:
    """The single block of a name with its set arguments; empty when there is none."""
    return next(blocks(values, name), {})


def blocks(values: Mapping[str, Any], name: str) -> Iterator[dict[str, Any]]:
    """The blocks of a name, each with its set arguments; one without any is an empty dict."""
    for item in values.get(name) or []:
        yield {key: value for key, value in (item or {}).items() if value is not None and value is not UNKNOWN}


def own_name(planned: State, name: str = "name") -> str:
    """The name that the plan gives, or one made from its prefix as the real providers make it."""
    if is_set(planned, name):
        return str(planned[name])
    prefix = text(planned, f"{name}_prefix") or "terraform-"
    return f"{prefix}{time.strftime('%Y%m%d%H%M%S', time.gmtime())}{next(_SEQUENCE):012x}"
