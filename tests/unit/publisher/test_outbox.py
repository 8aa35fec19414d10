"""Batching: nothing lost, limits held, order and keys kept."""

from __future__ import annotations

import time
import uuid
import zlib
from collections.abc import Callable

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from isthmus.core import uuid7
from isthmus.core.errors import ConfigurationError
from isthmus.publisher import Closed, Endpoint, PublisherConfig
from isthmus.publisher.batch import Batch
from isthmus.publisher.outbox import Outbox

Config = Callable[..., PublisherConfig]
ENDPOINTS = (Endpoint("aws", "http://127.0.0.1:1"),)
SIZES = st.lists(st.integers(2, 120), max_size=60)


def lines_of(sizes: list[int]) -> list[bytes]:
    """JSON texts of these sizes, no two alike where there is room for it."""
    return [(b'"%d' % i).ljust(size - 1, b"x")[: size - 1] + b'"' for i, size in enumerate(sizes)]


def take_all(outbox: Outbox) -> list[Batch]:
    """Everything that is in an outbox."""
    batches = []
    while (batch := outbox.take(force=True)) is not None:
        batches.append(batch)
    return batches


@given(SIZES, st.integers(1, 9), st.integers(20, 200), st.integers(1, 12))
def test_batches_hold_every_event_in_order_and_keep_their_limits(
    sizes: list[int], max_events: int, max_bytes: int, chunk: int
) -> None:
    outbox = Outbox(PublisherConfig(ENDPOINTS, max_batch_events=max_events, max_batch_bytes=max_bytes))
    lines = lines_of(sizes)
    for start in range(0, len(lines), chunk):
        assert outbox.offer(lines[start : start + chunk])[0] == len(lines[start : start + chunk])
    batches = take_all(outbox)
    assert [line for batch in batches for line in batch.lines] == lines
    for batch in batches:
        assert 1 <= len(batch) <= max_events and batch.size_bytes == sum(map(len, batch.lines))
        assert len(batch) == 1 or batch.size_bytes + len(batch) + 1 <= max_bytes
    assert len({batch.key for batch in batches}) == len(batches)


@given(SIZES, st.integers(1, 30), st.integers(50, 500))
def test_a_full_buffer_takes_no_more_until_something_is_settled(
    sizes: list[int], max_events: int, max_bytes: int
) -> None:
    outbox = Outbox(PublisherConfig(ENDPOINTS, max_buffered_events=max_events, max_buffered_bytes=max_bytes))
    lines, start, out = lines_of(sizes), 0, []
    while start < len(lines):
        taken, _ = outbox.offer(lines, start)
        start += taken
        assert taken and outbox.held <= max_events
        assert taken == 1 or sum(map(len, lines[start - taken : start])) <= max_bytes
        for batch in take_all(outbox):
            out += batch.lines
            outbox.settle(len(batch), batch.size_bytes)
        assert outbox.held == 0
    assert out == lines and outbox.sent == len(lines)


@given(st.lists(st.binary(min_size=1), min_size=1, max_size=40), st.data())
def test_parts_of_a_batch_are_the_same_again_after_a_crash(lines: list[bytes], data: st.DataObject) -> None:
    batch = Batch.of(lines)
    again = Batch.of(lines, batch.key)
    indexes = data.draw(st.sets(st.integers(0, len(lines) - 1), min_size=1))
    part = batch.part(list(indexes))
    assert part.lines == [lines[i] for i in sorted(indexes)] and part.key != batch.key
    assert part.key == again.part(sorted(indexes, reverse=True)).key
    halves = batch.halves()
    assert [line for half in halves for line in half.lines] == lines
    assert len({half.key for half in halves} | {batch.key}) == 3
    assert {uuid7.unix_ms(half.key) for half in halves} == {uuid7.unix_ms(batch.key)}


@settings(max_examples=30)
@given(st.lists(st.dictionaries(st.text(), st.integers() | st.text()), min_size=1))
def test_the_body_is_a_gzip_json_array_of_the_events(events: list[dict[str, int | str]]) -> None:
    batch = Batch.of([msgspec.json.encode(event) for event in events])
    assert msgspec.json.decode(zlib.decompress(batch.body(), 31)) == events
    assert batch.body() is batch.body()


def test_a_batch_is_given_out_once_it_has_lingered(config: Config) -> None:
    outbox = Outbox(config(linger_seconds=0.05))
    outbox.offer([b"{}"])
    began = time.monotonic()
    assert outbox.take() is None and 0 < (outbox.due_in() or 0) <= 0.05
    while outbox.take() is None:
        assert time.monotonic() - began < 5
        time.sleep(0.002)
    assert time.monotonic() - began >= 0.04 and outbox.due_in() is None


def test_a_closed_outbox_takes_nothing_and_gives_out_what_it_has(config: Config) -> None:
    outbox = Outbox(config())
    outbox.offer([b"{}"])
    assert outbox.close() and not outbox.close()
    with pytest.raises(Closed):
        outbox.offer([b"{}"])
    assert [len(batch) for batch in take_all(outbox)] == [1]


def test_a_key_is_kept_until_it_is_old() -> None:
    batch = Batch.of([b"{}"])
    key = batch.key
    assert not batch.renew(20 * 3600) and batch.key == key
    old = uuid7.new(time.time_ns() // 1_000_000 - 21 * 3_600_000)
    batch = Batch.of([b"{}"], old)
    assert batch.renew(20 * 3600) and batch.key != old and isinstance(batch.key, uuid.UUID)


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        ({"endpoints": ()}, "at least one"),
        ({"endpoints": (Endpoint("a", "ftp://x"),)}, "not an http"),
        ({"endpoints": ENDPOINTS * 2}, "same name"),
        ({"max_batch_events": 5001}, "max_batch_events"),
        ({"max_in_flight": 0}, "max_in_flight"),
        ({"key_max_age_seconds": 90_000}, "24 hours"),
    ],
)
def test_a_setting_that_cannot_work_is_named(changes: dict[str, object], what: str) -> None:
    with pytest.raises(ConfigurationError, match=what):
        PublisherConfig(**{"endpoints": ENDPOINTS} | changes)  # type: ignore[arg-type]
