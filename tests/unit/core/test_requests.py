"""The HTTP contract: content modes, encodings, limits."""

from __future__ import annotations

import gzip
import json
import random
import zlib
from typing import Any

import msgspec
import pytest

from isthmus.core.requests import BATCH, MAX_BODY_BYTES, MAX_EVENTS, STRUCTURED, Problem, Request, read_events

BINARY = {"ce-specversion": "1.0", "ce-id": "1", "ce-source": "/test", "ce-type": "com.example.test"}


def read(body: bytes, **headers: str) -> dict[str, Any]:
    """Reads a request of one event, and returns the event as it is encoded."""
    (checked,), rejected = read_events(Request(headers, body))
    assert not rejected
    return json.loads(msgspec.json.encode(checked.event))


def problem(body: bytes, headers: dict[str, str]) -> Problem:
    with pytest.raises(Problem) as caught:
        read_events(Request(headers, body))
    assert json.loads(caught.value.response().body)["status"] == caught.value.status
    return caught.value


@pytest.mark.parametrize("media", [BATCH, f"{BATCH}; charset=utf-8", BATCH.upper(), f'{BATCH};charset="UTF-8"'])
def test_a_batch_is_read(event, media) -> None:
    assert read(json.dumps([event()]).encode(), **{"content-type": media}) == event()


def test_a_structured_event_is_read(event) -> None:
    assert read(json.dumps(event()).encode(), **{"content-type": STRUCTURED}) == event()


@pytest.mark.parametrize(
    ("content_type", "body", "expected"),
    [
        ("application/json", b'{"a": 1}', {"data": {"a": 1}, "datacontenttype": "application/json"}),
        ("application/vnd.x+json", b"[1]", {"data": [1], "datacontenttype": "application/vnd.x+json"}),
        ("text/plain", "é".encode(), {"data": "é", "datacontenttype": "text/plain"}),
        ("image/png", b"\x00\xff", {"data_base64": "AP8=", "datacontenttype": "image/png"}),
        ("", b"5", {"data": 5}),
        ("application/json", b"", {"datacontenttype": "application/json"}),
    ],
)
def test_an_event_in_binary_mode_is_read(content_type: str, body: bytes, expected: dict[str, Any]) -> None:
    headers = BINARY | ({"content-type": content_type} if content_type else {})
    plain = {"specversion": "1.0", "id": "1", "source": "/test", "type": "com.example.test"}
    assert read(body, **headers) == plain | expected


def test_headers_of_binary_mode_are_percent_decoded() -> None:
    assert read(b"", **BINARY, **{"ce-subject": "Euro%20%E2%82%AC"})["subject"] == "Euro €"


def test_a_gzip_body_is_unpacked(event) -> None:
    body = gzip.compress(json.dumps([event()]).encode())
    assert read(body, **{"content-type": BATCH, "content-encoding": "gzip"}) == event()


@pytest.mark.parametrize(
    ("body", "headers", "status", "detail"),
    [
        (b"", {}, 415, "the content type is missing"),
        (b"[]", {"content-type": "application/json"}, 415, "the content type is application/json"),
        (b"[]", {"content-type": f"{BATCH}; charset=latin1"}, 415, "the charset is latin1"),
        (b"[]", {"content-type": BATCH, "content-encoding": "br"}, 415, "the content encoding is br"),
        (b"[]", {"content-type": BATCH, "content-encoding": "gzip"}, 400, "the body is not gzip"),
        (b"[]", {"content-type": BATCH}, 422, "no event"),
        (b"", {"content-type": BATCH}, 400, "not a JSON array"),
        (b"[]", {"content-type": STRUCTURED}, 400, "not a JSON object"),
        (b"{", BINARY | {"content-type": "application/json"}, 400, "announced as JSON and is not"),
        (b"\xff", BINARY | {"content-type": "application/json"}, 400, "announced as JSON and is not"),
        (b"\xff", BINARY | {"content-type": "text/plain"}, 400, "announced as text and is not UTF-8"),
        (b"", BINARY | {"ce-data": "x"}, 400, "the header ce-data is no attribute"),
        (b"", BINARY | {"ce-data_base64": "QQ=="}, 400, "the header ce-data_base64 is no attribute"),
        (b"", BINARY | {"ce-subject": "%FF"}, 400, "the header ce-subject is not percent-encoded UTF-8"),
        (b" " * (MAX_BODY_BYTES + 1), {"content-type": BATCH}, 413, "a request takes 1,000,000"),
    ],
)
def test_a_request_that_cannot_be_used_is_a_problem(
    body: bytes, headers: dict[str, str], status: int, detail: str
) -> None:
    found = problem(body, headers)
    assert (found.status, detail in found.what) == (status, True)


@pytest.mark.parametrize(
    ("body", "status", "detail"),
    [
        (gzip.compress(b"[]" * 100, mtime=0)[:-9], 400, "cut off"),
        (gzip.compress(b"[]", mtime=0) + b"x", 400, "bytes behind its end"),
        (gzip.compress(bytes(50_000_000), mtime=0), 413, "unpacks to more than 8,388,608 bytes"),
    ],
)
def test_a_gzip_body_that_is_broken_or_a_bomb_is_a_problem(body: bytes, status: int, detail: str) -> None:
    found = problem(body, {"content-type": BATCH, "content-encoding": "gzip"})
    assert (found.status, detail in found.what) == (status, True)


def test_one_event_too_many_is_a_problem_and_as_many_as_allowed_are_not(event) -> None:
    batch = [event(str(number)) for number in range(MAX_EVENTS + 1)]
    found = problem(json.dumps(batch).encode(), {"content-type": BATCH})
    assert (found.status, "5,001 events" in found.what) == (413, True)
    checked, rejected = read_events(Request({"content-type": BATCH}, json.dumps(batch[1:]).encode()))
    assert (len(checked), len(rejected)) == (MAX_EVENTS, 0)


def test_random_bytes_in_any_mode_are_a_problem_and_nothing_worse() -> None:
    chance = random.Random(1)
    modes = [{"content-type": BATCH}, {"content-type": STRUCTURED}, BINARY | {"content-type": "application/json"}]
    modes += [mode | {"content-encoding": "gzip"} for mode in modes]
    for number in range(600):
        body = b"\xff" + chance.randbytes(chance.randrange(40))
        packed = zlib.compress(body, 1, 31) if number % 2 else body
        assert problem(packed, modes[number % len(modes)]).status in (400, 413, 415, 422)
