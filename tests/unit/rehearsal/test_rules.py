"""What a configuration may not be, beyond its schema."""

from __future__ import annotations

from typing import Any

import pytest

from isthmus.rehearsal.convert.schema import from_compact
from isthmus.rehearsal.convert.values import UNKNOWN
from isthmus.rehearsal.resources.facts import Facts
from isthmus.rehearsal.resources.rules import Problem, check

BLOCK = from_compact(
    {
        "a": {"kind": "o:s", "size": "o:n", "one": "o:s", "one_wo": "o:s", "two": "o:s", "policy": "o:s"},
        "b": {"rule": {"n": "list", "a": {"kind": "o:s"}}, "group": {"n": "set", "a": {"kind": "o:s"}}},
    }
)


def _check(facts: dict[str, Any], **config: Any) -> list[Problem]:
    empty = {
        "kind": None,
        "size": None,
        "one": None,
        "one_wo": None,
        "two": None,
        "policy": None,
        "rule": [],
        "group": [],
    }
    return check(BLOCK, {**empty, **config}, Facts("aws_x", attributes=facts))


def test_a_value_outside_an_enum_is_named_with_its_path() -> None:
    found = _check({"kind": {"enum": ["a", "b"]}}, kind="c")
    assert found == [Problem('expected kind to be one of ["a" "b"], got c', path=("kind",))]


def test_an_unknown_value_is_not_judged() -> None:
    assert _check({"kind": {"enum": ["a"]}, "size": {"range": [1, 2]}}, kind=UNKNOWN, size=UNKNOWN) == []


@pytest.mark.parametrize(
    ("bounds", "says"),
    [([1, 3], "in the range (1 - 3)"), ([5, None], "at least (5)"), ([None, 3], "at most (3)")],
)
def test_a_number_out_of_range_is_named(bounds: list[int | None], says: str) -> None:
    found = _check({"size": {"range": bounds}}, size=4)
    assert [problem.summary for problem in found] == [f"expected size to be {says}, got 4"]


def test_the_path_of_a_nested_value_has_its_place() -> None:
    found = _check({"rule.kind": {"enum": ["a"]}}, rule=[{"kind": "a"}, {"kind": "b"}])
    assert found[0].path == ("rule", 1, "kind")


def test_the_path_ends_at_a_set() -> None:
    assert _check({"group.kind": {"enum": ["a"]}}, group=[{"kind": "b"}])[0].path == ("group",)


def test_two_that_exclude_each_other_are_named() -> None:
    assert _check({"one": {"conflicts": ["two"]}}, one="x", two="y")[0].detail == '"one": conflicts with two'


def test_none_of_which_one_is_needed_is_named_once() -> None:
    facts = {name: {"exactly_one": ["one", "two"]} for name in ("one", "two")}
    assert [problem.detail for problem in _check(facts)] == ['"one": one of `one,two` must be specified']
    assert _check(facts, two="x") == []
    assert _check(facts, two=UNKNOWN) == []


def test_a_write_only_twin_counts_once() -> None:
    """For its attribute where the group names that alone, and for itself where the group names both."""
    both = {name: {"exactly_one": ["one", "one_wo"]} for name in ("one", "one_wo")}
    assert _check(both, one_wo="x") == []
    assert len(_check(both, one="x", one_wo="y")) == 1
    assert len(_check(both)) == 1
    assert _check({name: {"exactly_one": ["one", "two"]} for name in ("one", "two")}, one_wo="x") == []


def test_text_that_is_no_json_is_named() -> None:
    assert _check({"policy": {"json": "plain"}}, policy="{")[0].summary == '"policy" contains an invalid JSON'
