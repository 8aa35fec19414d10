"""Ingest: every bad request gets its status and names event and attribute; 202 only for what a broker holds."""

from __future__ import annotations

import gzip
import json
import random
import time
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from isthmus.adapters.memory import MemoryBroker
from isthmus.core import keys, uuid7
from isthmus.core.frames import CLOUDS
from isthmus.core.ingest import Ingest
from isthmus.core.requests import BATCH, MAX_REPORTED, PROBLEM, STRUCTURED, Request
from isthmus.core.routing import Dispatcher
from isthmus.core.senders import Sender, Senders

BINARY = {"ce-specversion": "1.0", "ce-id": "1", "ce-source": "/test", "ce-type": "com.example.test"}
CE = {name.replace("-", "_"): value for name, value in BINARY.items()}
DEEP = b"[" * 70 + b"]" * 70


def raw(id_: str = "1", rest: bytes = b"") -> bytes:
    """An event as JSON text, with more text before its end."""
    return b'{"specversion":"1.0","id":"%b","source":"/test","type":"com.example.test"%b}' % (id_.encode(), rest)


def test_an_event_is_accepted_once_the_broker_holds_it(front, event) -> None:
    assert front.send(event()) == (202, {"accepted": 1, "rejected_count": 0, "rejected": []})
    assert [frame.origin for frame in front.aws.frames()] == ["aws"]
    assert front.gcp.frames() == []


@pytest.mark.parametrize(
    ("body", "headers", "status", "detail"),
    [
        (b"hello", {}, 400, "not a JSON array"),
        (b'[{"id":', {}, 400, "not JSON"),
        (b"[" + raw() + b"]", {"content_type": "text/csv"}, 415, "text/csv"),
        (b"[]", {}, 422, "no event"),
        (b"[" + b" " * 5 * 1024 * 1024 + b"]", {}, 413, "1,000,000"),
        (gzip.compress(bytes(100_000_000)), {"content_encoding": "gzip"}, 413, "unpacks to more than"),
        (b'[{"id":"\xff"}]', {}, 400, "not UTF-8: byte 8 is 0xff"),
        (b"[" + raw(rest=b',"data":NaN') + b"]", {}, 400, "not JSON"),
        (b"[" * 100_000, {}, 400, "nested deeper"),
        (b"[" + b",".join([raw()] * 5_001) + b"]", {}, 413, "5,001 events; a request takes 5,000"),
        (b"[" + raw(rest=b',"data":"\\ud800"') + b"," + raw("2") + b"]", {}, 400, "unpaired surrogate"),
        (b"[" + raw() + b"]", {"idempotency_key": "1"}, 400, "the Idempotency-Key '1' is not a UUIDv7"),
    ],
)
def test_a_request_that_cannot_be_read_gets_its_status(front, body, headers, status, detail) -> None:
    response = front.post(body, **headers)
    document = json.loads(response.body)
    assert (response.status, document["status"], detail in document["detail"]) == (status, status, True)
    assert response.headers["content-type"] == PROBLEM
    assert front.held() == 0


@pytest.mark.parametrize(
    ("bad", "attribute"),
    [
        (b'{"specversion":"1.0","source":"/s","type":"t"}', "id"),
        (b'{"specversion":"1.0","id":"","source":"/s","type":"t"}', "id"),
        (b'{"specversion":"1.0","id":"2","type":"t"}', "source"),
        (b'{"specversion":"1.0","id":"2","source":"/s"}', "type"),
        (b'{"id":"2","source":"/s","type":"t"}', "specversion"),
        (raw("2", b',"time":"noon"'), "time"),
        (raw("2", b',"Subject":"x"'), "Subject"),
        (raw("2", b',"number":123456789012345678901234567890'), "number"),
        (raw("2", b',"number":1e999'), "number"),
        (raw("2", b',"data":' + DEEP), "data"),
        (raw("2", b',"data_base64":"%%%"'), "data_base64"),
        (raw("1"), "id"),
        (b"null", ""),
        (b'"text"', ""),
    ],
)
def test_a_bad_event_is_named_and_does_not_hold_up_the_good_one(front, bad, attribute) -> None:
    response = front.post(b"[" + raw("1") + b"," + bad + b"]")
    document = json.loads(response.body)
    assert (response.status, document["accepted"], document["rejected_count"]) == (202, 1, 1)
    (rejected,) = document["rejected"]
    assert (rejected["index"], rejected["attribute"]) == (1, attribute)
    assert rejected["reason"]
    assert front.held() == 1


@pytest.mark.parametrize(
    ("changes", "attribute"),
    [
        ({"ce_id": ""}, "id"),
        ({"ce_time": "noon"}, "time"),
        ({"ce_my_name": "x"}, "my-name"),
        ({"ce_type": "\x7f"}, "type"),
    ],
)
def test_a_bad_event_in_binary_mode_is_named_too(front, changes, attribute) -> None:
    response = front.post(b"5", "application/json", **(CE | changes))
    document = json.loads(response.body)
    assert (response.status, response.headers["content-type"]) == (422, PROBLEM)
    assert [(r["index"], r["attribute"], bool(r["reason"])) for r in document["rejected"]] == [(0, attribute, True)]
    assert front.held() == 0


@pytest.mark.parametrize(
    "rest", [b',"data":123456789012345678901234567890', b',"data":1e999', b',"data_base64":"AP8="']
)
def test_huge_numbers_and_binary_data_are_kept_as_they_are(front, rest) -> None:
    assert front.post(b"[" + raw(rest=rest) + b"]").status == 202
    assert front.aws.messages[0][1] == raw(rest=rest) + b"\n"


def test_when_no_event_is_good_each_is_named_in_the_problem(front, event) -> None:
    status, document = front.send(event("1", time="x"), event("", source="/a"))
    assert (status, document["accepted"], document["rejected_count"]) == (422, 0, 2)
    assert [(r["index"], r["attribute"]) for r in document["rejected"]] == [(0, "time"), (1, "id")]
    assert front.held() == 0


def test_of_many_rejections_every_index_is_named(front, event) -> None:
    batch = [event(str(n), time="x" if n % 2 else None) for n in range(4 * MAX_REPORTED)]
    status, document = front.send(*batch)
    assert (status, document["accepted"], document["rejected_count"]) == (202, 2 * MAX_REPORTED, 2 * MAX_REPORTED)
    assert len(document["rejected"]) == MAX_REPORTED
    assert document["rejected_indexes"] == list(range(1, 4 * MAX_REPORTED, 2))


@pytest.mark.parametrize("headers", [{"x_api_key": "wrong"}, {"x_api_key": ""}, {"x_api_key": "\ud800"}])
def test_who_is_not_known_gets_401_and_costs_nothing(front, headers) -> None:
    response = front.post(b"not even JSON", **headers)
    assert (response.status, "www-authenticate" in response.headers) == (401, True)
    assert front.held() == 0


def test_a_sender_gets_403_for_what_it_may_not_send_and_202_for_the_rest(front, event) -> None:
    mine, foreign = event("1", source="/shop/1", type="com.shop.order"), event("2", type="com.shop.order")
    other_type = event("3", source="/shop/1")
    assert front.send(foreign, x_api_key="narrow")[0] == 403
    status, document = front.send(mine, foreign, other_type, x_api_key="narrow")
    assert (status, document["accepted"]) == (202, 1)
    found = [(r["index"], r["attribute"], r["code"]) for r in document["rejected"]]
    assert found == [(1, "source", "forbidden"), (2, "type", "forbidden")]


def test_an_event_too_large_for_a_message_is_413_alone_and_rejected_beside_others(front, event) -> None:
    large = event("2", data=random.Random(1).randbytes(300_000).hex())
    assert front.send(large)[0] == 413
    status, document = front.send(event(), large)
    assert (status, document["accepted"], document["rejected"][0]["code"]) == (202, 1, "too-large")


def test_when_the_home_broker_is_out_the_other_clouds_takes_the_frame(front, event) -> None:
    front.aws.out = True
    assert front.send(event())[0] == 202
    assert [frame.origin for frame in front.gcp.frames()] == ["gcp"]


def test_when_both_brokers_are_out_nothing_is_accepted_and_when_to_come_back_is_said(front, event) -> None:
    front.aws.out = front.gcp.out = True
    response = front.post(msgspec.json.encode([event()]))
    assert (response.status, int(response.headers["retry-after"]) > 0) == (503, True)
    assert front.held() == 0


def test_a_repeated_key_makes_the_same_frames_whichever_broker_took_them(front, event) -> None:
    key = str(uuid7.new())
    front.send(event("1"), event("2", type="b"), idempotency_key=key)
    front.aws.out = True
    front.send(event("1"), event("2", type="b"), idempotency_key=key)
    assert [keys.event_key(f) for f in front.gcp.frames()] == [keys.event_key(f) for f in front.aws.frames()]


@settings(max_examples=50)
@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 2_000)), min_size=1, max_size=20))
def test_the_same_key_makes_the_same_frames_on_both_clouds(shapes: list[tuple[str, int]]) -> None:
    events = [
        {"specversion": "1.0", "id": str(n), "source": "/s", "type": type_, "data": "x" * size}
        for n, (type_, size) in enumerate(shapes)
    ]
    request = Request({"content-type": BATCH, "idempotency-key": str(uuid7.new())}, msgspec.json.encode(events))
    sender, made = Sender("s", ()), {}
    for cloud in CLOUDS:
        ingest = Ingest(cloud, Senders([sender]), Dispatcher([MemoryBroker(cloud)]))
        made[cloud] = ingest.pack(request, sender).frames
    assert [frame.from_cloud("aws") for frame in made["gcp"]] == made["aws"]
    assert sum(frame.count for frame in made["aws"]) == len(events)


def test_without_a_key_every_request_makes_frames_of_its_own(front, event) -> None:
    front.send(event())
    front.send(event())
    assert len({frame.id for frame in front.aws.frames()}) == 2


@pytest.mark.parametrize("hours", [-25, 1])
def test_a_key_of_yesterday_or_of_the_future_is_refused(front, event, hours) -> None:
    ms = int((time.time() + hours * 3600) * 1000)
    status, document = front.send(event(), idempotency_key=str(uuid7.new(ms)))
    assert (status, "Idempotency-Key" in document["detail"]) == (400, True)


def test_a_request_that_was_held_in_part_can_be_sent_again_whole(front, event) -> None:
    """Two types make two frames; the broker fails between them."""
    key = str(uuid7.new())
    front.gcp.out = True
    published = MemoryBroker.publish

    def fail_second(frame: Any) -> None:
        if front.aws.messages:
            front.aws.out = True
        published(front.aws, frame)

    front.aws.publish = fail_second
    status, document = front.send(event("1", type="a"), event("2", type="b"), idempotency_key=key)
    assert (status, "1 of 2 events are held already" in document["detail"]) == (503, True)
    front.gcp.out = False
    assert front.send(event("1", type="a"), event("2", type="b"), idempotency_key=key)[0] == 202
    assert len({frame.id for frame in front.aws.frames() + front.gcp.frames()}) == 2


def test_trace_context_is_passed_on_when_it_is_one(front, event) -> None:
    good = "00-" + "a" * 32 + "-" + "b" * 16 + "-01"
    for value in (good, "nonsense"):
        front.send(event(), traceparent=value)
    assert [frame.traceparent for frame in front.aws.frames()] == [good, ""]


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=10,
)
NAMES = st.sampled_from(["specversion", "id", "source", "type", "time", "data", "data_base64", "subject", "x", "X"])


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(st.lists(JUNK | st.dictionaries(NAMES, JUNK | st.just("1.0")), max_size=6))
def test_whatever_is_sent_every_event_is_accepted_or_named_and_nothing_fails(front, items: list[Any]) -> None:
    before = front.held()
    response = front.post(json.dumps(items).encode("utf-8", "surrogatepass"))
    document = json.loads(response.body)
    assert response.status in (202, 400, 422)
    if response.status != 400 and items:
        assert document["accepted"] + document["rejected_count"] == len(items)
    assert front.held() - before == (document["accepted"] if response.status == 202 else 0)


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(st.binary(max_size=100), st.sampled_from(["", "gzip"]), st.sampled_from([STRUCTURED, "application/json", "x/y"]))
def test_no_bytes_are_answered_with_a_500(front, body: bytes, encoding: str, media: str) -> None:
    assert front.post(body, media, content_encoding=encoding, **CE).status in (202, 400, 413, 415, 422)
