"""CloudEvents in JSON: what is accepted stays as it was, and what isn't is named by event, attribute and reason."""

from __future__ import annotations

import functools
import json
import operator
from typing import Any

import msgspec
import pytest
from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent
from hypothesis import given
from hypothesis import strategies as st

from isthmus.core import defects, events
from isthmus.core.events import Checked, Rejection, Unreadable, check_batch, check_event, check_lines, encode_lines

PLAIN_TEXT = st.text(st.characters(exclude_categories=["C"]), min_size=1, max_size=30)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(PLAIN_TEXT, inner, max_size=4),
    max_leaves=8,
)
TIMES = st.datetimes(timezones=st.timezones()).map(lambda t: t.isoformat(timespec="seconds")[:19] + "Z")
EVENTS = st.fixed_dictionaries(
    {"specversion": st.just("1.0"), "id": PLAIN_TEXT, "source": PLAIN_TEXT, "type": PLAIN_TEXT.map(lambda t: t[:20])},
    optional={
        "time": TIMES,
        "subject": PLAIN_TEXT,
        "datacontenttype": st.just("application/json"),
        "traceparent": st.just("00-" + "a" * 32 + "-" + "b" * 16 + "-01"),
        "partitionkey": PLAIN_TEXT | st.booleans() | st.integers(-(2**31), 2**31 - 1),
        "data": JSON,
    },
)
BATCHES = st.lists(EVENTS, max_size=6, unique_by=lambda event: (event["source"], event["id"]))


def encoded(checked: list[Checked]) -> list[Any]:
    return [json.loads(line) for line in encode_lines([event.event for event in checked]).splitlines()]


def one(event: dict[str, Any]) -> Checked | Rejection:
    """Checks one event in a batch, and that alone and on a line the same comes of it."""
    raw = json.dumps(event).encode()
    checked, rejected = check_batch(b"[" + raw + b"]")
    (outcome,) = checked + rejected
    assert functools.reduce(operator.iadd, check_event(raw), []) == [outcome]
    lines = check_lines(raw + b"\n")
    assert lines[0] + [why for _, _, why in lines[1]] == [outcome]
    return outcome


def base(**changes: Any) -> dict[str, Any]:
    event = {"specversion": "1.0", "id": "1", "source": "/test", "type": "com.example.test"}
    return {name: value for name, value in (event | changes).items() if value is not ...}


@given(BATCHES)
def test_good_events_come_out_as_they_went_in(batch: list[dict[str, Any]]) -> None:
    checked, rejected = check_batch(json.dumps(batch).encode())
    assert rejected == []
    assert encoded(checked) == batch
    assert [(c.source, c.id, c.type) for c in checked] == [(e["source"], e["id"], e["type"]) for e in batch]


@given(BATCHES)
def test_what_is_encoded_is_read_again_line_by_line(batch: list[dict[str, Any]]) -> None:
    checked, _ = check_batch(json.dumps(batch, indent=2).encode())
    lines = encode_lines([event.event for event in checked])
    again, bad = check_lines(lines)
    assert not bad
    assert encode_lines([event.event for event in again]) == lines


@given(EVENTS)
def test_the_cloudevents_package_reads_what_is_encoded(event: dict[str, Any]) -> None:
    checked, _ = check_batch(json.dumps([event]).encode())
    read = JSONFormat().read(CloudEvent, encode_lines([checked[0].event]))
    assert (read.get_source(), read.get_id(), read.get_type()) == (event["source"], event["id"], event["type"])


@given(st.lists(st.binary(max_size=60) | EVENTS.map(msgspec.json.encode), max_size=6))
def test_any_lines_are_either_events_or_kept_beside_a_reason(lines: list[bytes]) -> None:
    body = b"\n".join(lines) + b"\n" if lines else b""
    expected = body.split(b"\n")[:-1]
    checked, bad = check_lines(body)
    assert sorted([c.index for c in checked] + [index for index, _, _ in bad]) == list(range(len(expected)))
    assert all(line == expected[index] for index, line, _ in bad)


@given(st.binary(max_size=200))
def test_no_bytes_make_checking_fail_otherwise_than_unreadable(body: bytes) -> None:
    for check in (check_batch, check_event):
        try:
            check(body)
        except Unreadable as error:
            assert str(error)


@given(BATCHES, st.integers(0, 5))
def test_the_whole_batch_at_once_and_event_by_event_agree(batch: list[dict[str, Any]], stranger: int) -> None:
    """An event with an extension sends the batch the slow way; the others must not notice."""
    plain, _ = check_batch(json.dumps(batch).encode())
    odd = base(id="odd one", source="odd", myextension="x")
    mixed, rejected = check_batch(json.dumps([*batch[:stranger], odd, *batch[stranger:]]).encode())
    assert rejected == []
    assert encoded([c for c in mixed if c.id != "odd one"]) == encoded(plain)


@pytest.mark.parametrize("name", ["specversion", "id", "source", "type"])
@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (..., "required and missing"),
        ("", "must not be empty"),
        (None, "must be a string, not null"),
        (5, "must be a string, not a number"),
        ({}, "must be a string, not an object"),
        ([], "not an array"),
    ],
)
def test_a_required_attribute_that_is_missing_empty_or_no_string_is_named(name: str, value: Any, reason: str) -> None:
    outcome = one(base(**{name: value}))
    assert isinstance(outcome, Rejection)
    assert (outcome.attribute, reason in outcome.reason) == (name, True)


@pytest.mark.parametrize(
    ("changes", "attribute", "reason"),
    [
        ({"specversion": "0.3"}, "specversion", "must be \"1.0\", not '0.3'"),
        ({"time": "yesterday"}, "time", "not an RFC 3339 time"),
        ({"time": "2013-01-01T05:15:00"}, "time", "not an RFC 3339 time"),
        ({"time": "2013-02-30T05:15:00Z"}, "time", "not an RFC 3339 time"),
        ({"time": ""}, "time", "must not be empty"),
        ({"time": 5}, "time", "must be a string, not a number"),
        ({"Subject": "x"}, "Subject", "lower-case letters"),
        ({"my_name": "x"}, "my_name", "lower-case letters"),
        ({"": "x"}, "", "lower-case letters"),
        ({"subject": ""}, "subject", "must not be empty"),
        ({"subject": "a\u0000b"}, "subject", "control character U+0000"),
        ({"id": "a\nb"}, "id", "control character U+000A"),
        ({"source": "a\u0085b"}, "source", "control character U+0085"),
        ({"type": "a\ufffeb"}, "type", "noncharacter U+FFFE"),
        ({"tracestate": "a\u0001b"}, "tracestate", "control character U+0001"),
        ({"id": "x" * 1025}, "id", "1025 characters; at most 1024"),
        ({"type": "x" * 201}, "type", "201 bytes in UTF-8; at most 200"),
        ({"type": "é" * 101}, "type", "202 bytes in UTF-8; at most 200"),
        ({"number": 2**31}, "number", "32 bits"),
        ({"number": 10**40}, "number", "32 bits"),
        ({"number": 1.5}, "number", "must be a string, a boolean or an integer"),
        ({"nested": {}}, "nested", "not an object"),
        ({"data_base64": "?"}, "data_base64", "standard base64"),
        ({"data_base64": "QQ==", "data": 1}, "data_base64", "not both"),
        ({"data": json.loads("[" * 65 + "]" * 65)}, "data", "nested deeper than 64 levels"),
    ],
)
def test_a_defect_is_named_by_its_attribute(changes: dict[str, Any], attribute: str, reason: str) -> None:
    outcome = one(base(**changes))
    assert isinstance(outcome, Rejection)
    assert outcome.attribute == attribute
    assert reason in outcome.reason


@pytest.mark.parametrize(
    "changes",
    [
        {"time": "2013-01-01T05:15:00-05:00"},
        {"time": "2013-01-01T05:15:00.123456789Z"},
        {"time": "2013-01-01t05:15:00z"},
        {"time": None},
        {"data": None},
        {"data": 10**40},
        {"data": '\U0001f600 \\ " \u2028'},
        {"data_base64": "AAEC/w=="},
        {"data_base64": None, "data": 1},
        {"subject": "no-break\u00a0space"},
        {"data": json.loads("[" * 64 + "]" * 64)},
        {"data": [[], {}] * 200},
        {"type": "x" * 200},
    ],
)
def test_what_is_unusual_and_right_is_accepted(changes: dict[str, Any]) -> None:
    outcome = one(base(**changes))
    assert isinstance(outcome, Checked)
    kept = {name: value for name, value in base(**changes).items() if value is not None or name == "data"}
    assert encoded([outcome]) == [kept]


@pytest.mark.parametrize(
    "text",
    [
        "2013-01-01T05:15:00+0500",
        "2013-01-01T05:15:00+05",
        "2013-01-01 05:15:00Z",
        "2013-W01-1T05:15:00Z",
        "2013-01-01T05:15:00,5Z",
        "2013-01-01T05:15Z",
        "2013-01-01",
        "",
        "٢٠١٣-01-01T05:15:00Z",
    ],
)
def test_a_time_in_another_form_is_not_rfc_3339(text: str) -> None:
    assert not defects.is_rfc3339(text)
    assert not defects.all_rfc3339(["2013-01-01T05:15:00Z", text])


def test_of_events_with_the_same_identity_the_first_is_kept() -> None:
    batch = [base(data=1), base(source="/other"), base(data=2)]
    checked, rejected = check_batch(json.dumps(batch).encode())
    assert encoded(checked) == batch[:2]
    assert [(r.index, r.code, r.id, r.source) for r in rejected] == [(2, "duplicate", "1", "/test")]


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "not a JSON array"),
        (b"{}", "not a JSON array"),
        (b"[{]", "not JSON"),
        (b"[NaN]", "not JSON"),
        (b'[{"data": NaN}]', "not JSON"),
        (b'["\\ud800"]', "unpaired surrogate"),
        (b'["\\ud800", "and more text behind it"]', "unpaired surrogate"),
        (b'["\xff"]', "not UTF-8: byte 2 is 0xff"),
        (b"[" * 20_000 + b"]" * 20_000, "nested deeper than 64 levels"),
    ],
)
def test_a_body_that_is_no_json_array_is_unreadable(body: bytes, reason: str) -> None:
    with pytest.raises(Unreadable, match=reason.replace("[", r"\[")):
        check_batch(body)


def test_an_item_that_is_no_object_is_rejected_alone() -> None:
    checked, rejected = check_batch(b"[1, null, " + json.dumps(base()).encode() + b', "x", []]')
    assert [event.index for event in checked] == [2]
    assert [(r.index, r.attribute) for r in rejected] == [(0, ""), (1, ""), (3, ""), (4, "")]


def test_a_line_that_is_not_utf_8_is_kept_as_it_came() -> None:
    good = json.dumps(base()).encode()
    broken = good[:-1] + b', "data": "\xff"}'
    checked, bad = check_lines(good + b"\n" + broken + b"\n")
    assert [event.index for event in checked] == [0]
    assert [(index, line, why.reason) for index, line, why in bad] == [(1, broken, "not UTF-8")]


def test_line_breaks_in_the_json_of_an_event_are_only_white_space() -> None:
    checked, _ = check_event(json.dumps(base(data={"text": "a\nb"}), indent=1).encode())
    assert encode_lines([checked[0].event]).count(b"\n") == 1
    assert encoded(checked)[0]["data"] == {"text": "a\nb"}


def test_the_struct_of_plain_events_names_only_what_the_slow_way_takes_too() -> None:
    assert set(events.Event.__struct_fields__) - {"traceparent", "tracestate"} == defects._SPEC | defects._DATA
