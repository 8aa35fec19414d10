"""Equality of plain values by type, and the paths where two values differ."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from isthmus.rehearsal.convert.schema import Block, Nested
from isthmus.rehearsal.convert.types import Type
from isthmus.rehearsal.convert.values import UNKNOWN

Step = str | int
Path = tuple[Step, ...]


def equal(one: Any, other: Any, type_: Type) -> bool:
    """Whether two values are the same; the order of sets has no meaning, and unknown equals nothing."""
    if one is None or other is None:
        return one is other
    return bool(_canonical(one, type_) == _canonical(other, type_))


def _canonical(value: Any, type_: Type) -> Any:
    if value is UNKNOWN:
        return object()
    if value is None:
        return None
    if type_.kind == "object":
        return {name: _canonical(value.get(name), field) for name, field in (type_.fields or {}).items()}
    if type_.kind == "map" and type_.element:
        return {key: _canonical(item, type_.element) for key, item in value.items()}
    if type_.element:
        items = [_canonical(item, type_.element) for item in value]
        return sorted(items, key=_sort_key) if type_.kind == "set" else items
    return value


def _sort_key(value: Any) -> str:
    return json.dumps(value, sort_keys=True, default=repr)


def differences(block: Block, one: Any, other: Any, path: Path = ()) -> Iterator[Path]:
    """Paths of attributes (and of nested blocks that come or go) where two values of a block differ.

    Elements of sets have no address: there the path ends at the set.
    """
    for name, attribute in block.attributes.items():
        if not equal(one.get(name), other.get(name), attribute.type):
            yield (*path, name)
    for name, nested in block.blocks.items():
        yield from _nested_differences(nested, one.get(name), other.get(name), (*path, name))


def _nested_differences(nested: Nested, one: Any, other: Any, path: Path) -> Iterator[Path]:
    if one is UNKNOWN or other is UNKNOWN:
        yield path
    elif nested.mode == "single":
        if one is None or other is None:
            if one is not other:
                yield path
        else:
            yield from differences(nested.block, one, other, path)
    elif nested.mode == "list":
        yield from _list_differences(nested, one or [], other or [], path)
    elif not equal(one or [], other or [], Type("set", element=nested.block.type)):
        yield path


def _list_differences(nested: Nested, one: list[Any], other: list[Any], path: Path) -> Iterator[Path]:
    for number in range(max(len(one), len(other))):
        if number >= len(one) or number >= len(other) or one[number] is UNKNOWN or other[number] is UNKNOWN:
            yield (*path, number)
        else:
            yield from differences(nested.block, one[number], other[number], (*path, number))


def dotted(path: Path) -> str:
    """A path without its indices, as facts have it: `rule.0.days` is `rule.days`."""
    return ".".join(step for step in path if isinstance(step, str))
