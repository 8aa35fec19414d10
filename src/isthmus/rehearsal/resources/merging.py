"""A realized resource's values beside the planned or stored ones: only real differences may show."""

from __future__ import annotations

from typing import Any

from isthmus.rehearsal.convert.compare import equal
from isthmus.rehearsal.convert.schema import Block, Nested
from isthmus.rehearsal.convert.types import Type
from isthmus.rehearsal.convert.values import UNKNOWN
from isthmus.rehearsal.resources.facts import Facts
from isthmus.rehearsal.resources.planning import equivalent_json

Values = dict[str, Any]


def after_apply(block: Block, planned: Values, made: Values) -> Values:
    """The state after an apply: planned values where they were known, what the cloud made elsewhere."""
    state: Values = {}
    for name, attribute in block.attributes.items():
        state[name] = _planned_or_made(attribute.type, planned.get(name), made.get(name))
        if attribute.computed and not attribute.optional and made.get(name) is not None:
            state[name] = made[name]
        if attribute.write_only:
            state[name] = None
    for name, nested in block.blocks.items():
        state[name] = _nested_after(nested, planned.get(name), made.get(name))
    return state


def _planned_or_made(type_: Type, planned: Any, made: Any) -> Any:
    if planned is UNKNOWN:
        return made
    if isinstance(planned, dict) and isinstance(made, dict):
        fields = type_.fields or {}
        return {
            key: _planned_or_made(fields.get(key) or type_.element or type_, item, made.get(key))
            for key, item in planned.items()
        }
    if isinstance(planned, list) and any(item is UNKNOWN for item in planned):
        return made if made is not None else planned
    return planned


def _nested_after(nested: Nested, planned: Any, made: Any) -> Any:
    if planned is UNKNOWN or planned is None:
        return made if planned is UNKNOWN else None
    if nested.mode == "single":
        return after_apply(nested.block, planned, made or {})
    if isinstance(planned, list):
        others = made if isinstance(made, list) and len(made) == len(planned) else [{}] * len(planned)
        return [
            other if item is UNKNOWN else after_apply(nested.block, item, other or {})
            for item, other in zip(planned, others, strict=True)
        ]
    return planned


def after_read(block: Block, stored: Values, found: Values, facts: Facts, path: str = "") -> Values:
    """The state after a refresh: the stored value stays wherever what was found means the same."""
    state: Values = {}
    for name, attribute in block.attributes.items():
        old, new = stored.get(name), found.get(name)
        kind = facts.of(f"{path}{name}").get("json")
        state[name] = old if _same(attribute.type, old, new, kind) else new
    for name, nested in block.blocks.items():
        old, new = stored.get(name), found.get(name)
        state[name] = _nested_read(nested, old, new, facts, f"{path}{name}")
    return state


def _same(type_: Type, old: Any, new: Any, json_kind: str | None) -> bool:
    if equal(old, new, type_) or (_empty(old) and _empty(new)):
        return True
    if json_kind and isinstance(old, str) and isinstance(new, str):
        return equivalent_json(old, new, json_kind)
    return False


def _empty(value: Any) -> bool:
    return value is None or value == "" or value is False or value in ([], {}) or (value == 0)


def _nested_read(nested: Nested, old: Any, new: Any, facts: Facts, path: str) -> Any:
    if _empty(old) and _empty(new):
        return old
    if nested.mode == "single" and isinstance(old, dict) and isinstance(new, dict):
        return after_read(nested.block, old, new, facts, f"{path}.")
    if nested.mode == "list" and isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        return [
            after_read(nested.block, before, after, facts, f"{path}.") for before, after in zip(old, new, strict=True)
        ]
    if nested.mode == "set" and isinstance(old, list) and isinstance(new, list) and _same_elements(old, new):
        return old
    return new if new is not None else old


def _same_elements(old: list[Any], new: list[Any]) -> bool:
    """Whether two sets of blocks mean the same, empty values and absent ones taken as one."""
    return len(old) == len(new) and sorted(map(_solid, old), key=repr) == sorted(map(_solid, new), key=repr)


def _solid(value: Any) -> Any:
    """A value without its empty parts."""
    if isinstance(value, dict):
        return sorted((key, _solid(item)) for key, item in value.items() if not _empty(item))
    return [_solid(item) for item in value] if isinstance(value, list) else value
