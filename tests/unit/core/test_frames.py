"""Frames: nothing is lost in packing, none is above the limit, and every form of one reads back as itself."""

from __future__ import annotations

import gzip
import hashlib
import random
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from isthmus.core import frames, uuid7
from isthmus.core.errors import PoisonedFrame
from isthmus.core.events import Checked, check_batch
from isthmus.core.frames import MAX_ATTRIBUTES, MAX_MESSAGE_BYTES, Frame, pack

MS = 1_700_000_000_000
SIZES = st.sampled_from([0, 1, 50, 400, 5_000, 100_000, 200_000, 300_000])


def checked(sizes: list[tuple[int, str]]) -> list[Checked]:
    """Events whose data are hexadecimal noise of the given sizes (gzip halves it), each of a type."""
    batch = []
    for number, (size, type_) in enumerate(sizes):
        noise = random.Random(number).randbytes(size // 2).hex()
        batch.append({"specversion": "1.0", "id": str(number), "source": "/t", "type": type_, "data": noise})
    return check_batch(msgspec.json.encode(batch))[0]


def packed(events: list[Checked], **changes: Any) -> tuple[list[Frame], list[Any]]:
    return pack(events, **{"origin": "aws", "unix_ms": MS, "seed": b"seed"} | changes)


def ids(frame: Frame) -> list[str]:
    return [msgspec.json.decode(line)["id"] for line in frames.lines(frame).splitlines()]


@settings(max_examples=40)
@given(st.lists(st.tuples(SIZES, st.sampled_from(["a", "b"])), max_size=8))
def test_nothing_is_lost_in_packing_and_no_frame_is_above_the_limit(sizes: list[tuple[int, str]]) -> None:
    events = checked(sizes)
    made, rejected = packed(events)
    held = [id_ for frame in made for id_ in ids(frame)]
    assert sorted(held + [r.id for r in rejected]) == sorted(event.id for event in events)
    assert all(len(frames.body_text(frame)) <= MAX_MESSAGE_BYTES for frame in made)
    assert all(len(frame.payload) <= MAX_MESSAGE_BYTES for frame in made)
    assert [frame.count for frame in made] == [len(ids(frame)) for frame in made]
    assert {r.code for r in rejected} <= {"too-large"}


@settings(max_examples=40)
@given(st.lists(st.tuples(SIZES, st.sampled_from(["a", "b"])), min_size=1, max_size=6))
def test_a_frame_has_one_type_and_keeps_the_order_of_its_events(sizes: list[tuple[int, str]]) -> None:
    events = checked(sizes)
    for frame in packed(events)[0]:
        mine = ids(frame)
        assert mine == sorted(mine, key=int)
        assert {event.type for event in events if event.id in mine} == {frame.type}


@settings(max_examples=40)
@given(st.lists(st.tuples(SIZES, st.sampled_from(["a", "b"])), min_size=1, max_size=6), st.booleans())
def test_a_frame_reads_back_from_either_broker(sizes: list[tuple[int, str]], text: bool) -> None:
    for frame in packed(checked(sizes), traceparent="00-1-2-3")[0]:
        body = frames.body_text(frame).encode() if text else frame.payload
        values = frames.attributes(frame, text=text)
        assert frames.parse(values, body) == frame
        assert len(values) <= MAX_ATTRIBUTES
        assert gzip.decompress(frames.object_bytes(frame)) == frames.lines(frame)


def test_the_same_key_and_events_make_the_same_frames_and_anything_else_others() -> None:
    events = checked([(100, "a"), (100, "b")])
    first = [frame.id for frame in packed(events)[0]]
    assert [frame.id for frame in packed(events)[0]] == first
    assert [frame.id for frame in packed(events, origin="gcp")[0]] == first
    others = [packed(events, seed=b"x")[0], packed(events, unix_ms=MS + 1)[0], packed(checked([(102, "a")]))[0]]
    assert not {frame.id for made in others for frame in made} & set(first)
    assert len(set(first)) == 2
    assert all(uuid7.unix_ms(id_) == MS for id_ in first)


def test_only_what_an_event_alone_is_too_large_for_is_rejected() -> None:
    made, rejected = packed(checked([(100, "a"), (600_000, "a"), (100, "a")]))
    assert sorted(id_ for frame in made for id_ in ids(frame)) == ["0", "2"]
    assert [(r.index, r.attribute, r.code) for r in rejected] == [(1, "data", "too-large")]


def test_a_frame_that_gzip_makes_smaller_is_compressed_and_a_small_one_is_not() -> None:
    (small,), _ = packed(checked([(10, "a")]))
    (large,), _ = packed(checked([(2_000, "a")] * 5))
    assert (small.compressed, large.compressed) == (False, True)


def test_text_that_sns_would_refuse_is_compressed_however_small() -> None:
    events, _ = check_batch('[{"specversion":"1.0","id":"1","source":"/t","type":"t","data":"\uffff"}]'.encode())
    (frame,), _ = packed(events)
    assert frame.compressed


@pytest.mark.parametrize(
    ("data", "golden"),
    [
        (b"", "1f8b0800000000000003010000ffff0000000000000000"),
        (b"a\n", "1f8b0800000000000003010200fdff610a07a1eadd02000000"),
    ],
)
def test_stored_gzip_is_these_bytes_for_ever(data: bytes, golden: str) -> None:
    assert frames.stored_gzip(data).hex() == golden


def test_stored_gzip_of_several_blocks_is_these_bytes_for_ever() -> None:
    data = bytes(range(256)) * 600
    made = frames.stored_gzip(data)
    assert gzip.decompress(made) == data
    assert hashlib.sha256(made).hexdigest() == "04af611647cce37830f6f2f072324aa2558fa74177404184f1922c1ec91e162c"


@given(st.binary(max_size=200))
def test_stored_gzip_unpacks_to_what_it_holds(data: bytes) -> None:
    assert frames.unpack(frames.stored_gzip(data)) == gzip.decompress(frames.stored_gzip(data)) == data


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"v": "2"}, "attribute v is '2'"),
        ({"v": None}, "attribute v is None"),
        ({"encoding": "br"}, "attribute encoding is 'br'"),
        ({"frame": "x"}, "attribute frame is 'x', not a UUIDv7"),
        ({"frame": "936da01f-9abd-4d9d-80c7-02af85c822a8"}, "not a UUIDv7"),
        ({"frame": "e677d21f-dc00-7000-8000-000000000000"}, "whose time is after the year 9999"),
        ({"type": "é" * 101}, "has more than 200 bytes in UTF-8"),
        ({"type": ""}, "attribute type is missing or empty"),
        ({"origin": "azure"}, "attribute origin is 'azure'"),
        ({"count": "0"}, "attribute count is '0'"),
        ({"count": "-1"}, "attribute count is '-1'"),
        ({"count": "²"}, "attribute count is '²'"),
        ({"count": ""}, "attribute count is ''"),
        ({"encoding": "gzip+base64"}, "the body is not base64"),
    ],
)
def test_a_message_that_is_no_frame_says_what_is_wrong_with_it(changes: dict[str, Any], reason: str) -> None:
    good = {"v": "1", "encoding": "identity", "frame": str(uuid7.new()), "type": "t", "origin": "aws", "count": "1"}
    values = {name: value for name, value in (good | changes).items() if value is not None}
    with pytest.raises(PoisonedFrame) as caught:
        frames.parse(values, b"{}\n?")
    assert reason in str(caught.value)


@pytest.mark.parametrize("encoding", ["identity", "gzip", "gzip+base64"])
def test_a_message_without_a_body_is_poison(encoding: str) -> None:
    """SNS takes no empty message, so that the bridge would try for ever."""
    good = {"v": "1", "frame": str(uuid7.new()), "type": "t", "origin": "gcp", "count": "1", "encoding": encoding}
    with pytest.raises(PoisonedFrame, match="the body is empty"):
        frames.parse(good, b"")


@pytest.mark.parametrize(
    ("payload", "reason"),
    [
        (b"plain", "not gzip"),
        (gzip.compress(b"x" * 1000, mtime=0)[:-4], "cut off"),
        (gzip.compress(b"x", mtime=0) + b"y", "behind its end"),
        (gzip.compress(bytes(9_000_000), mtime=0), "unpacks to more than 8,388,608 bytes"),
    ],
)
def test_a_payload_that_cannot_be_unpacked_is_poison(payload: bytes, reason: str) -> None:
    with pytest.raises(PoisonedFrame, match=reason):
        frames.lines(Frame(uuid7.new(), "t", "aws", 1, payload, True))
