"""Archive and bridge behind the broker: written once, bad events in quarantine, nothing bridged back."""

from __future__ import annotations

import base64
import gzip
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from isthmus.adapters.memory import MemoryBroker, MemoryBucket
from isthmus.core import frames, keys, uuid7
from isthmus.core.errors import PoisonedFrame, Unavailable
from isthmus.core.frames import CLOUDS, Cloud, Frame
from isthmus.core.keeping import bridge, keep
from isthmus.core.routing import crosses, other


def line(id_: str = "1", type_: str = "t", rest: bytes = b"") -> bytes:
    return b'{"specversion":"1.0","id":"%b","source":"/s","type":"%b"%b}\n' % (id_.encode(), type_.encode(), rest)


def frame(*lines: bytes, count: int | None = None, compressed: bool = False) -> Frame:
    payload = b"".join(lines)
    packed = gzip.compress(payload, mtime=0) if compressed else payload
    return Frame(uuid7.new(), "t", "aws", len(lines) if count is None else count, packed, compressed)


def quarantined(bucket: MemoryBucket, held: Frame) -> list[dict[str, object]]:
    return [json.loads(row) for row in gzip.decompress(bucket.objects[keys.quarantine_key(held)]).splitlines()]


@pytest.mark.parametrize("compressed", [True, False])
def test_a_frame_is_written_under_its_key_once(compressed: bool) -> None:
    bucket, held = MemoryBucket("aws"), frame(line("1"), line("2"), compressed=compressed)
    assert keep(held, bucket).written
    again = keep(held, bucket)
    assert (again.written, again.key, again.quarantined) == (False, keys.event_key(held), 0)
    assert list(bucket.objects) == [keys.event_key(held)]
    assert gzip.decompress(bucket.objects[again.key]) == line("1") + line("2")


def test_both_clouds_write_the_same_bytes() -> None:
    held = frame(line("1"), line("2", rest=b',"time":"never"'), line("3"))
    buckets = [MemoryBucket(cloud) for cloud in CLOUDS]
    for bucket in buckets:
        keep(held.from_cloud(bucket.cloud), bucket)
    assert buckets[0].objects == buckets[1].objects


def test_bad_events_go_to_quarantine_with_their_bytes_and_the_rest_goes_on() -> None:
    bad = [b"not json\n", line("3", rest=b',"data":"\xff"'), line("4", type_="other")]
    bucket, held = MemoryBucket("aws"), frame(line("1"), *bad, line("5"))
    kept = keep(held, bucket)
    assert (kept.written, kept.quarantined) == (True, 3)
    assert gzip.decompress(bucket.objects[kept.key]) == line("1") + line("5")
    rows = quarantined(bucket, held)
    assert sorted((row["index"], row["attribute"]) for row in rows) == [(1, ""), (2, ""), (3, "type")]
    assert {base64.b64decode(str(row["event_base64"])) + b"\n" for row in rows} == set(bad)
    assert all(row["reason"] for row in rows)


def test_a_frame_of_bad_events_only_writes_no_events() -> None:
    bucket, held = MemoryBucket("aws"), frame(b"x\n", b"y\n")
    assert (keep(held, bucket).key, list(bucket.objects)) == ("", [keys.quarantine_key(held)])


@pytest.mark.parametrize(
    "held",
    [frame(line(), count=2), frame(count=1), Frame(uuid7.new(), "t", "aws", 1, b"not gzip", True)],
    ids=["fewer than counted", "empty", "not gzip"],
)
def test_a_frame_that_cannot_be_read_is_poison_and_writes_nothing(held: Frame) -> None:
    bucket = MemoryBucket("aws")
    with pytest.raises(PoisonedFrame):
        keep(held, bucket)
    assert bucket.objects == {}


def test_a_bucket_that_is_out_is_said_so_that_the_queue_tries_again() -> None:
    bucket = MemoryBucket("aws")
    bucket.out = True
    with pytest.raises(Unavailable):
        keep(frame(line()), bucket)


@given(st.sampled_from(CLOUDS), st.lists(st.sampled_from(CLOUDS), max_size=20))
def test_a_bridged_frame_is_never_bridged_back(origin: Cloud, deliveries: list[Cloud]) -> None:
    """Whatever is delivered to whichever bridge, however often: it crosses from its origin and never returns."""
    brokers = {cloud: MemoryBroker(cloud) for cloud in CLOUDS}
    brokers[origin].publish(frame(line()).from_cloud(origin))
    for here in deliveries:
        for held in brokers[here].frames():
            bridge(held, here, brokers[other(here)])
    assert len(brokers[origin].messages) == 1
    assert {held.origin for broker in brokers.values() for held in broker.frames()} == {origin}


@given(st.sampled_from(CLOUDS), st.sampled_from(CLOUDS))
def test_a_frame_crosses_from_its_origin_only_and_keeps_it(origin: Cloud, here: Cloud) -> None:
    held, there = frame(line()).from_cloud(origin), MemoryBroker(other(here))
    assert bridge(held, here, there) == crosses(held, here) == (origin == here)
    assert there.frames() == ([held] if origin == here else [])


def test_a_frame_carried_over_the_bridge_is_the_same_object() -> None:
    held, there = frame(*[line(str(n)) for n in range(50)], compressed=True), MemoryBroker("gcp")
    bridge(held, "aws", there)
    (carried,) = there.frames()
    assert keys.event_key(carried) == keys.event_key(held)
    assert frames.object_bytes(carried) == frames.object_bytes(held)
