"""What a change of an event type's schema means for what is stored, on its way, and asked.

Compatible is what takes every event that the old schema took, and keeps every column with its type. An optional
property that comes new is compatible even where the old schema let others in; then it is told, since an event may have
had that name for something else.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from isthmus.archive import catalogue

Level = Literal["error", "note"]

_LOWER = ("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties")
_UPPER = ("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties")
_OTHERS = (
    "type",
    "format",
    "enum",
    "const",
    "pattern",
    "multipleOf",
    "uniqueItems",
    "items",
    "properties",
    "required",
    "additionalProperties",
)
RULES = frozenset({*_LOWER, *_UPPER, *_OTHERS})
"""Keywords that are compared."""

NOTES = frozenset(
    {"$schema", "$id", "$comment", "title", "description", "examples", "default", "deprecated", "readOnly", "writeOnly"}
)
"""Keywords that say nothing of what is valid (JSON Schema 2020-12, validation, section 9)."""

_SENT = "events that are stored or on their way may not fit"
_ASKED = "queries that name its column fail"


@dataclass(frozen=True, order=True)
class Finding:
    """One thing that a comparison found.

    Attributes:
        path: The property, as `address.city`; empty for the type itself.
        message: What is wrong, and why it matters.
        level: `error` refuses the change.
        fix: What to do instead.
    """

    path: str
    message: str
    level: Level = "error"
    fix: str = ""


def compare(old: Mapping[str, Any], new: Mapping[str, Any], path: str = "") -> Iterator[Finding]:
    """Yields what a change of a schema, or of a part of it, breaks."""
    yield from _unknown(old, new, path)
    yield from _types(old, new, path)
    yield from _values(old, new, path)
    yield from _bounds(old, new, path)
    yield from _properties(old, new, path)
    yield from _others(old, new, path)
    yield from _items(old, new, path)


def unknown(schema: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, str]]:
    """Yields property and name of each keyword that isn't compared."""
    yield from ((path, keyword) for keyword in sorted(schema.keys() - RULES - NOTES))
    for name, part in _parts(schema):
        yield from unknown(part, f"{path}{name}" if name == "[]" else _below(path, name))


def _parts(schema: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    properties = schema.get("properties")
    named = properties.items() if isinstance(properties, dict) else ()
    yield from ((name, part) for name, part in named if isinstance(part, dict))
    for keyword, name in (("items", "[]"), ("additionalProperties", "*")):
        if isinstance(schema.get(keyword), dict):
            yield name, schema[keyword]


def _below(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _unknown(old: Mapping[str, Any], new: Mapping[str, Any], path: str) -> Iterator[Finding]:
    for keyword in sorted((old.keys() | new.keys()) - RULES - NOTES):
        if old.get(keyword) != new.get(keyword):
            yield Finding(
                path,
                f"the keyword {keyword} was changed, and what that means is not known here",
                fix="say it with the keywords of docs/analytics.md, or make a new type",
            )


def _kinds(schema: Mapping[str, Any]) -> frozenset[str] | None:
    kinds = schema.get("type")
    return None if kinds is None else frozenset(kinds if isinstance(kinds, list) else [kinds])


def _types(old: Mapping[str, Any], new: Mapping[str, Any], path: str) -> Iterator[Finding]:
    before, after = _kinds(old), _kinds(new)
    another = "add a property with another name"
    if before != after and (before is None or after is None or before - {"null"} != after - {"null"}):
        said = f"the type changed from {_said(before)} to {_said(after)}"
        yield Finding(path, f"{said}: the column's type changes with it", fix=another)
    elif before and after and before - after:
        yield Finding(path, f"null is not allowed any more: {_SENT}", fix="let it be null")
    was, now = old.get("format"), new.get("format")
    if was == now:
        return
    if catalogue.sql_type(dict(old)) != catalogue.sql_type(dict(new)):
        said = f"the format changed from {was or 'none'} to {now or 'none'}"
        yield Finding(path, f"{said}: the column's type changes with it", fix=another)
    elif now is not None:
        yield Finding(path, f"the format {now} is asked for: {_SENT}", fix="leave the format as it was")


def _said(kinds: frozenset[str] | None) -> str:
    return " or ".join(sorted(kinds)) if kinds else "any"


def _values(old: Mapping[str, Any], new: Mapping[str, Any], path: str) -> Iterator[Finding]:
    before, after = _allowed(old), _allowed(new)
    if after is None or (before is not None and before <= after):
        return
    gone = "only " + ", ".join(sorted(after)) if before is None else ", ".join(sorted(before - after)) + " not any more"
    yield Finding(path, f"fewer values are allowed, {gone}: {_SENT}", fix="keep the values, and add what is new")


def _allowed(schema: Mapping[str, Any]) -> frozenset[str] | None:
    """The values that enum and const leave, as JSON: 1 and true are two."""
    sets = [schema[keyword] for keyword in ("enum",) if isinstance(schema.get(keyword), list)]
    sets += [[schema["const"]]] if "const" in schema else []
    if not sets:
        return None
    return frozenset.intersection(*(frozenset(json.dumps(value, sort_keys=True) for value in one) for one in sets))


def _bounds(old: Mapping[str, Any], new: Mapping[str, Any], path: str) -> Iterator[Finding]:
    for keywords, sign in ((_LOWER, 1), (_UPPER, -1)):
        for keyword in keywords:
            was, now = old.get(keyword), new.get(keyword)
            if isinstance(now, int | float) and (not isinstance(was, int | float) or sign * now > sign * was):
                said = f"{keyword} is {now}" + ("" if was is None else f", was {was}")
                yield Finding(path, f"{said}: {_SENT}", fix="leave the bound, or widen it")


def _properties(old: Mapping[str, Any], new: Mapping[str, Any], path: str) -> Iterator[Finding]:
    before, after = old.get("properties", {}), new.get("properties", {})
    added = [name for name in after if name not in before]
    for name, part in before.items():
        if name not in after:
            yield _removed(_below(path, name), part, {one: after[one] for one in added})
        elif isinstance(part, dict) and isinstance(after[name], dict):
            yield from compare(part, after[name], _below(path, name))
        elif part != after[name]:
            yield Finding(_below(path, name), f"it is no object of keywords any more, or was none: {_SENT}")
    for name in sorted(set(new.get("required", ())) - set(old.get("required", ()))):
        yield _required(_below(path, name), name in before)
    if old.get("additionalProperties", True) is not False:
        said = "events could have had a property of this name before, with any value"
        yield from (
            Finding(_below(path, name), said, "note", "close the schema with additionalProperties") for name in added
        )


def _removed(path: str, part: Any, added: Mapping[str, Any]) -> Finding:
    alike = [name for name, other in added.items() if _rules(other) == _rules(part)]
    renamed = f"it was renamed to {alike[0]}" if len(alike) == 1 else "it was removed"
    return Finding(path, f"{renamed}: {_ASKED}", fix="keep it, and mark it as deprecated; events need not have it")


def _rules(part: Any) -> Any:
    return {key: value for key, value in part.items() if key not in NOTES} if isinstance(part, dict) else part


def _required(path: str, known: bool) -> Finding:
    became = "it became required" if known else "it is new and required"
    return Finding(path, f"{became}: {_SENT}", fix="let events leave it out")


def _others(old: Mapping[str, Any], new: Mapping[str, Any], path: str) -> Iterator[Finding]:
    was, now = old.get("additionalProperties", True), new.get("additionalProperties", True)
    if was is False or now is True or was == now:
        return
    if isinstance(was, dict) and isinstance(now, dict):
        yield from compare(was, now, _below(path, "*"))
    else:
        yield Finding(path, f"other properties are not taken as they were: {_SENT}", fix="leave additionalProperties")


def _items(old: Mapping[str, Any], new: Mapping[str, Any], path: str) -> Iterator[Finding]:
    was, now = old.get("items"), new.get("items")
    if isinstance(was, dict) and isinstance(now, dict):
        yield from compare(was, now, f"{path}[]")
    elif now is not None and now is not True and was != now:
        yield Finding(path, f"the items of the list are restricted: {_SENT}", fix="leave items as it was")
    for keyword in ("pattern", "multipleOf", "uniqueItems"):
        if new.get(keyword) not in (None, False, old.get(keyword)):
            yield Finding(path, f"{keyword} is {new[keyword]}: {_SENT}", fix=f"leave {keyword} as it was")
