"""Checks of a configuration that schemas don't make: enums, ranges, patterns, and which attributes go together."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from isthmus.rehearsal.convert.compare import Path, dotted
from isthmus.rehearsal.convert.schema import Block
from isthmus.rehearsal.convert.values import UNKNOWN, has_unknown
from isthmus.rehearsal.resources import json_text, limits
from isthmus.rehearsal.resources.facts import Facts
from isthmus.rehearsal.resources.formats import FORMATS

Values = dict[str, Any]

# What a type has beside its tags or labels when they are the cloud's own.
_MERGED = {"tags": "tags_all", "labels": "effective_labels"}


@dataclass(frozen=True)
class Problem:
    """Something wrong with a configuration, at a path of it; a warning where the real provider says nothing."""

    summary: str
    detail: str = ""
    path: Path = ()
    warning: bool = False


def check(block: Block, config: Values, facts: Facts) -> list[Problem]:
    """All problems of a resource's configuration; unknown values are not judged.

    What the real provider refuses is an error. What it lets through and the cloud's API would refuse is a warning.
    """
    found = [*_check(block, config, config, facts, ()), *_everywhere(block, config, facts)]
    return [replace(problem, path=_addressable(block, problem.path)) for problem in found]


def _addressable(block: Block, path: Path) -> Path:
    """The path as far as Terraform can follow it: elements of a set have no address."""
    inside = block
    for place, step in enumerate(path):
        nested = inside.blocks.get(step) if isinstance(step, str) else None
        if nested is None:
            continue
        if nested.mode == "set":
            return path[: place + 1]
        inside = nested.block
    return path


def _check(block: Block, values: Values, root: Values, facts: Facts, path: Path) -> Iterator[Problem]:
    for name in block.attributes:
        here = (*path, name)
        fact = facts.of(dotted(here))
        if fact:
            problems = [*_check_value(values.get(name), fact, here)]
            yield from problems or _check_limit(values.get(name), fact.get("api"), here)
            yield from _check_company(values.get(name), fact, root, here)
    for name, nested in block.blocks.items():
        inner = values.get(name)
        fact = facts.of(dotted((*path, name)))
        if fact:
            yield from _check_company(inner, fact, root, (*path, name))
        for key, item in _elements(inner):
            yield from _check(nested.block, item, root, facts, (*path, name, *key))


def _everywhere(block: Block, config: Values, facts: Facts) -> Iterator[Problem]:
    """Breaches of the limits that hold for all types of a cloud, where the type's own facts don't say more."""
    for name, limit in limits.EVERYWHERE.get(facts.type_name.partition("_")[0], {}).items():
        # Not what only has the name: a notification channel's labels are its settings.
        if block.has(_MERGED[name]) and not {"keys", "api"} & {*facts.of(name)}:
            yield from _check_limit(config.get(name), limit, (name,))


def _check_limit(value: Any, limit: Any, path: Path) -> Iterator[Problem]:
    takes = limits.broken(value, limit) if limit else ""
    if takes:
        cloud = "The provider lets this through, and the cloud would refuse it at apply."
        detail = f"The API takes {takes}. {cloud} Source: {limit['source']}"
        yield Problem(f"{path[-1]} would be refused: {_shortened(value)}", detail, path, warning=True)


def _shortened(value: Any) -> str:
    text = str(value)
    return text if len(text) <= 80 else f"{text[:77]}..."


def _elements(value: Any) -> Iterator[tuple[Path, Values]]:
    if isinstance(value, dict):
        yield (), value
    elif isinstance(value, list):
        for number, item in enumerate(value):
            if isinstance(item, dict):
                yield (number,), item


def _check_value(value: Any, fact: Any, path: Path) -> Iterator[Problem]:
    if value is None or value is UNKNOWN:
        return
    name = path[-1]
    if isinstance(value, list):
        for item in value:
            yield from _check_value(
                item, {key: fact[key] for key in ("enum", "pattern", "format") if key in fact}, path
            )
        return
    if "enum" in fact and value not in fact["enum"] and value != "":
        options = " ".join(f'"{item}"' for item in fact["enum"])
        yield Problem(f"expected {name} to be one of [{options}], got {value}", path=path)
    if "range" in fact and isinstance(value, (int, float)):
        yield from _check_range(value, fact["range"], path)
    if "length" in fact and isinstance(value, str):
        least, most = fact["length"]
        if not least <= len(value) <= most:
            yield Problem(f"expected length of {name} to be in the range ({least} - {most}), got {value}", path=path)
    if "pattern" in fact and isinstance(value, str) and not re.search(fact["pattern"], value):
        yield Problem(f"invalid value for {name} ({fact.get('says', 'must match ' + fact['pattern'])})", path=path)
    if "format" in fact and isinstance(value, str) and value:
        is_one, called = FORMATS[fact["format"]]
        if not is_one(value):
            yield Problem(f"expected {name} to be {called}, got {value}", path=path)
    if "keys" in fact and isinstance(value, dict):
        wrong = [key for key in value if not re.search(fact["keys"], key)]
        if wrong:
            yield Problem(f'"{wrong[0]}" is an invalid key of {name}', f"Keys must match {fact['keys']}", path)
    if "json" in fact and isinstance(value, str) and value and not json_text.is_json(value):
        yield Problem(f'"{name}" contains an invalid JSON', path=path)


def _check_range(value: float, bounds: list[Any], path: Path) -> Iterator[Problem]:
    least, most = bounds
    name = path[-1]
    if most is None and value < least:
        yield Problem(f"expected {name} to be at least ({least}), got {value}", path=path)
    elif least is None and value > most:
        yield Problem(f"expected {name} to be at most ({most}), got {value}", path=path)
    elif least is not None and most is not None and not least <= value <= most:
        yield Problem(f"expected {name} to be in the range ({least} - {most}), got {value}", path=path)


def _check_company(value: Any, fact: Any, root: Values, path: Path) -> Iterator[Problem]:
    name = dotted(path)
    if value not in (None, [], {}) and value is not UNKNOWN:
        for other in fact.get("conflicts", ()):
            if _given(root, other) is True:
                yield Problem("Conflicting configuration arguments", f'"{name}": conflicts with {other}', path)
        missing = [other for other in fact.get("required_with", ()) if _given(root, other) is False]
        if missing:
            needed = ",".join(fact["required_with"])
            yield Problem("Missing required argument", f'"{name}": all of `{needed}` must be specified', path)
    yield from _check_group(name, fact, root, path)


def _check_group(name: str, fact: Any, root: Values, path: Path) -> Iterator[Problem]:
    for kind in ("exactly_one", "at_least_one"):
        group = fact.get(kind, ())
        # Every member of a group carries it: only the first says what is wrong.
        if not group or name != sorted(group)[0]:
            continue
        given = [_given(root, other, twins=f"{other}_wo" not in group) for other in group]
        options = ",".join(group)
        if kind == "exactly_one" and given.count(True) > 1:
            present = ",".join(other for other, is_given in zip(group, given, strict=True) if is_given)
            detail = f'"{name}": only one of `{options}` can be specified, but `{present}` were specified.'
            yield Problem("Invalid combination of arguments", detail, path)
        elif not any(given) and None not in given:
            summary = "Invalid combination of arguments" if kind == "exactly_one" else "Missing required argument"
            yield Problem(summary, f'"{name}": one of `{options}` must be specified', ())


def _given(values: Values, path: str, *, twins: bool = True) -> bool | None:
    """Whether there is a value at a path, or (`twins`) at its write-only twin; None when that is unknown."""
    current: Any = values
    for step in path.split("."):
        if isinstance(current, list):
            current = current[0] if current else None
        if current is UNKNOWN:
            return None
        if not isinstance(current, dict):
            return False
        twin = current.get(f"{step}_wo") if twins else None
        current = twin if current.get(step) is None and twin is not None else current.get(step)
    if current is UNKNOWN or (isinstance(current, list) and has_unknown(current)):
        return None if current is UNKNOWN else True
    return current not in (None, [], {})
