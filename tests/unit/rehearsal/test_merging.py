"""What a local cloud answers, beside what was planned or stored: only real differences show."""

from __future__ import annotations

from isthmus.rehearsal.convert.schema import from_compact
from isthmus.rehearsal.convert.values import UNKNOWN
from isthmus.rehearsal.resources.facts import Facts
from isthmus.rehearsal.resources.merging import after_apply, after_read

BLOCK = from_compact(
    {
        "a": {"id": "co:s", "arn": "c:s", "policy": "o:s", "secret": "ow:s", "names": "o:Ss"},
        "b": {"rule": {"n": "list", "a": {"key": "o:s", "made": "co:s"}}},
    }
)
FACTS = Facts("aws_x", attributes={"policy": {"json": "policy"}})
STORED = {"id": "1", "arn": "a", "policy": '{"a":1}', "secret": None, "names": ["x", "y"], "rule": []}


def test_planned_values_stay_and_unknown_ones_are_filled() -> None:
    planned = {**STORED, "id": UNKNOWN, "arn": UNKNOWN, "rule": [{"key": "k", "made": UNKNOWN}]}
    made = {**STORED, "policy": '{ "a": 1 }', "rule": [{"key": "K", "made": "m"}]}
    assert after_apply(BLOCK, planned, made) == {**STORED, "rule": [{"key": "k", "made": "m"}]}


def test_a_write_only_value_is_never_stored() -> None:
    assert after_apply(BLOCK, {**STORED, "secret": "s"}, {**STORED, "secret": "s"})["secret"] is None


def test_the_same_thing_written_otherwise_is_no_drift() -> None:
    found = {**STORED, "policy": '{ "a": 1 }', "names": ["y", "x"], "rule": None}
    assert after_read(BLOCK, STORED, found, FACTS) == STORED


def test_a_real_difference_is_drift() -> None:
    found = {**STORED, "policy": '{"a":2}', "rule": [{"key": "k", "made": "m"}]}
    assert after_read(BLOCK, STORED, found, FACTS) == found
