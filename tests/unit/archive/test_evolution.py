"""Which changes of a schema break somebody: case by case, and against what a validator says of any event."""

from __future__ import annotations

from typing import Any

import jsonschema
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from isthmus.archive import catalogue
from isthmus.archive.evolution import compare, unknown

OLD: dict[str, Any] = {
    "type": "object",
    "description": "An order.",
    "properties": {
        "number": {"type": "integer", "minimum": 1, "maximum": 100},
        "note": {"type": ["string", "null"], "maxLength": 80},
        "state": {"type": "string", "enum": ["open", "paid"]},
        "at": {"type": "string", "format": "date-time"},
        "to": {
            "type": "object",
            "properties": {"city": {"type": "string"}, "zip": {"type": "string"}},
            "required": ["city"],
            "additionalProperties": False,
        },
        "lines": {"type": "array", "items": {"type": "object", "properties": {"sku": {"type": "string"}}}},
    },
    "required": ["number", "state"],
    "additionalProperties": False,
}


def changed(path: str, **keywords: Any) -> dict[str, Any]:
    """The schema with keywords of one part replaced; None takes one away."""

    def at(schema: dict[str, Any], parts: list[str]) -> dict[str, Any]:
        if not parts:
            merged = {**schema, **keywords}
            return {key: value for key, value in merged.items() if value is not None}
        if parts[0] == "[]":
            return {**schema, "items": at(schema["items"], parts[1:])}
        inner = {**schema["properties"], parts[0]: at(schema["properties"].get(parts[0], {}), parts[1:])}
        return {**schema, "properties": inner}

    return at(OLD, [part for part in path.replace("[]", ".[]").split(".") if part])


def without(name: str) -> dict[str, Any]:
    return {**OLD, "properties": {key: value for key, value in OLD["properties"].items() if key != name}}


COMPATIBLE = {
    "nothing": OLD,
    "another description": changed("number", description="How many."),
    "a new property": changed("colour", type="string"),
    "a new property below": changed("to.street", type="string"),
    "a wider bound": changed("number", maximum=1000),
    "no bound": changed("number", minimum=None),
    "a wider enum": changed("state", enum=["open", "paid", "sent"]),
    "no enum": changed("state", enum=None),
    "may be null": changed("number", type=["integer", "null"]),
    "not required any more": changed("", required=["number"]),
    "others are let in": changed("", additionalProperties=None),
}


@pytest.mark.parametrize("new", COMPATIBLE.values(), ids=COMPATIBLE)
def test_a_compatible_change_passes(new: dict[str, Any]) -> None:
    assert list(compare(OLD, new)) == []


REFUSED = {
    "removed": (without("note"), "note", "it was removed"),
    "renamed": (
        {**without("note"), "properties": {**without("note")["properties"], "remark": OLD["properties"]["note"]}},
        "note",
        "it was renamed to remark",
    ),
    "another type": (changed("number", type="string"), "number", "the type changed from integer to string"),
    "a wider type": (changed("number", type="number"), "number", "the column's type changes"),
    "no type": (changed("note", type=None), "note", "the type changed from null or string to any"),
    "another format": (changed("at", format="date"), "at", "the format changed from date-time to date"),
    "a format": (changed("note", format="email"), "note", "the format email is asked for"),
    "not null any more": (changed("note", type="string"), "note", "null is not allowed any more"),
    "new and required": (changed("", required=["number", "state", "x"]), "x", "it is new and required"),
    "became required": (changed("", required=["number", "state", "note"]), "note", "it became required"),
    "a narrower enum": (changed("state", enum=["open", "sent"]), "state", '"paid" not any more'),
    "an enum": (changed("note", enum=["a", None]), "note", 'only "a", null'),
    "a constant": (changed("state", const="open"), "state", '"paid" not any more'),
    "a lower bound raised": (changed("number", minimum=2), "number", "minimum is 2, was 1"),
    "an upper bound": (changed("state", maxLength=4), "state", "maxLength is 4"),
    "a pattern": (changed("note", pattern="^x"), "note", "pattern is ^x"),
    "below": (changed("to.city", minLength=1), "to.city", "minLength is 1"),
    "in a list": (changed("lines[].sku", minLength=1), "lines[].sku", "minLength is 1"),
    "required below": (changed("to", required=["city", "zip"]), "to.zip", "it became required"),
    "a keyword that nobody knows": (changed("number", oneOf=[{"minimum": 3}]), "number", "the keyword oneOf"),
    "fewer items": (changed("lines", maxItems=3), "lines", "maxItems is 3"),
}


@pytest.mark.parametrize(("new", "path", "said"), REFUSED.values(), ids=REFUSED)
def test_an_incompatible_change_is_refused_with_the_reason(new: dict[str, Any], path: str, said: str) -> None:
    found = [one for one in compare(OLD, new) if one.level == "error"]
    assert [(one.path, said in one.message) for one in found] == [(path, True)]
    assert found[0].fix


def test_closing_an_open_schema_is_refused() -> None:
    open_ = {**OLD, "additionalProperties": True}
    assert ["other properties" in one.message for one in compare(open_, OLD)] == [True]


def test_a_new_property_of_an_open_schema_is_told_and_passes() -> None:
    new = changed("colour", type="string")
    found = list(compare({**OLD, "additionalProperties": True}, {**new, "additionalProperties": True}))
    assert [(one.path, one.level) for one in found] == [("colour", "note")]


def test_unknown_keywords_are_named_where_they_are() -> None:
    schema = changed("to.city", oneOf=[{}], **{"x-owner": "me"})
    assert list(unknown(schema)) == [("to.city", "oneOf"), ("to.city", "x-owner")]


VALUES = [None, True, False, 0, 1, 3, -2, 2.5, "", "a", "abc", "b", [], [1], ["a", "a"], {}, {"x": 1}, {"x": "a"}]
NAMES = ("a", "b", "c")
KEYWORDS = {
    "type": st.sampled_from(["integer", "string", ["string", "null"], "number", "boolean", "object", "array"]),
    "minimum": st.integers(0, 2),
    "maximum": st.integers(1, 3),
    "exclusiveMinimum": st.integers(-1, 1),
    "minLength": st.integers(0, 2),
    "maxLength": st.integers(0, 3),
    "minItems": st.integers(0, 1),
    "maxItems": st.integers(0, 2),
    "uniqueItems": st.booleans(),
    "pattern": st.sampled_from(["^a", "b"]),
    "multipleOf": st.sampled_from([1, 2]),
    "enum": st.lists(st.sampled_from(VALUES[:12]), min_size=1, max_size=4),
    "const": st.sampled_from(VALUES[:12]),
    "items": st.fixed_dictionaries({}, optional={"type": st.sampled_from(["string", "integer"])}),
    "required": st.lists(st.just("x"), max_size=1),
    "properties": st.dictionaries(st.just("x"), st.sampled_from([{"type": "integer"}, {"type": "string"}]), max_size=1),
    "additionalProperties": st.booleans(),
}
PARTS = st.fixed_dictionaries({}, optional=KEYWORDS)


@st.composite
def changes(draw: st.DrawFn) -> tuple[dict[str, Any], dict[str, Any]]:
    """A schema, and the same after some edits of its parts."""
    old = {name: draw(PARTS) for name in draw(st.sets(st.sampled_from(NAMES), min_size=1))}
    new = {name: dict(part) for name, part in old.items()}
    for _ in range(draw(st.integers(0, 2))):
        part = new.setdefault(draw(st.sampled_from(NAMES)), {})
        keyword = draw(st.sampled_from(sorted(KEYWORDS)))
        part.pop(keyword, None)
        if draw(st.booleans()):
            part[keyword] = draw(KEYWORDS[keyword])
    required = draw(st.sets(st.sampled_from(sorted(old))))
    now = required if draw(st.booleans()) else draw(st.sets(st.sampled_from(NAMES)))
    closed = {"type": "object", "additionalProperties": False}
    return (
        {**closed, "properties": old, "required": sorted(required)},
        {**closed, "properties": new, "required": sorted(now)},
    )


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(changes(), st.lists(st.dictionaries(st.sampled_from(NAMES), st.sampled_from(VALUES)), min_size=1, max_size=20))
def test_what_passes_takes_every_event_that_was_taken_before(change: Any, events: Any) -> None:
    """And keeps each column with its type."""
    old, new = change
    found = [one for one in compare(old, new) if one.level == "error"]
    if found:
        return
    before, after = jsonschema.Draft202012Validator(old), jsonschema.Draft202012Validator(new)
    opened = {one.path for one in compare(old, new) if one.level == "note"}
    for event in events:
        if before.is_valid(event) and not opened:
            assert after.is_valid(event), (old, new, event)
    for name, part in old["properties"].items():
        assert catalogue.sql_type(new["properties"][name]) == catalogue.sql_type(part)


@given(changes())
def test_no_change_is_no_finding(change: Any) -> None:
    for schema in change:
        assert list(compare(schema, schema)) == []
