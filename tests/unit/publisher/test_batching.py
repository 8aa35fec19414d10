"""Batching: nothing is lost or doubled, every limit holds, and what can't be sent is refused at once."""

from __future__ import annotations

import asyncio
import json
import threading

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from isthmus.core.errors import ConfigurationError
from isthmus.publisher import (
    AsyncPublisher,
    BufferFull,
    Closed,
    Endpoint,
    InvalidEvent,
    Publisher,
    PublisherConfig,
)
from isthmus.publisher.encoding import encode
from isthmus.publisher.outbox import Outbox

ENDPOINTS = (Endpoint("aws", "http://127.0.0.1:1"),)
LINES = st.lists(st.binary(min_size=1, max_size=40), max_size=60)


@given(LINES, st.integers(1, 8), st.integers(10, 120), st.integers(1, 30), st.integers(1, 400), st.data())
def test_nothing_is_lost_and_every_limit_holds(lines, most, size, held, held_bytes, data) -> None:
    """Offers and takes in any order: the batches hold the lines in order, within the limits, and so does the buffer."""
    limits = {"max_batch_events": most, "max_batch_bytes": size, "linger_seconds": 1000.0}
    outbox = Outbox(PublisherConfig(ENDPOINTS, max_buffered_events=held, max_buffered_bytes=held_bytes, **limits))
    batches, start = [], 0
    while start < len(lines):
        taken, _ = outbox.offer(lines[: start + data.draw(st.integers(1, 10))], start)
        start += taken
        assert outbox.held <= held
        if not taken or data.draw(st.booleans()):
            batch = outbox.take(force=not taken or data.draw(st.booleans()))
            if batch is not None:
                batches.append(batch)
                outbox.settle(len(batch), batch.size_bytes)
    while (batch := outbox.take(force=True)) is not None:
        batches.append(batch)
        outbox.settle(len(batch), batch.size_bytes)
    assert [line for batch in batches for line in batch.lines] == lines
    assert (outbox.held, outbox.sent) == (0, len(lines))
    for batch in batches:
        assert 1 <= len(batch) <= most
        assert len(batch) == 1 or batch.size_bytes + len(batch) + 1 <= size
        assert batch.size_bytes == sum(map(len, batch.lines))
    assert len({batch.key for batch in batches}) == len(batches)


def test_a_batch_lingers_until_it_is_full_or_its_time_is_up() -> None:
    outbox = Outbox(PublisherConfig(ENDPOINTS, max_batch_events=3, linger_seconds=1000.0))
    assert outbox.offer([b"{}"]) == (1, True)
    assert outbox.take() is None
    assert outbox.offer([b"{}"]) == (1, False)
    assert 900 < (outbox.due_in() or 0) <= 1000
    assert outbox.offer([b"{}"]) == (1, True)
    assert len(outbox.take() or []) == 3
    assert outbox.due_in() is None
    quick = Outbox(PublisherConfig(ENDPOINTS, linger_seconds=0.0))
    quick.offer([b"{}"])
    assert len(quick.take() or []) == 1


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(sizes=st.lists(st.integers(0, 3000), max_size=25), most=st.integers(1, 9), size=st.integers(200, 5000))
def test_what_is_sent_arrives_once(aws, config, sizes: list[int], most: int, size: int) -> None:
    ingest = type(aws)("aws")  # one for each example; the fixture's would be shared by all
    try:
        limits = {"max_batch_events": most, "max_batch_bytes": size, "max_buffered_events": 10}
        config = PublisherConfig((ingest.endpoint,), api_key=config().api_key, linger_seconds=0.001, **limits)
        with Publisher(config) as publisher:
            for number, length in enumerate(sizes):
                event = {"specversion": "1.0", "id": str(number), "source": "/t", "type": "t", "data": "x" * length}
                publisher.send(event)
            assert publisher.flush(10)
        assert sorted(int(id_) for _, id_ in ingest.identities()) == list(range(len(sizes)))
        assert all(count <= most for _, count in ingest.requests)
    finally:
        ingest.refuse()


@pytest.mark.parametrize(
    "event",
    [
        {"a": 1},
        b'{"a":1}',
        bytearray(b' {"a":1}\r\n'),
        memoryview(b'{"a":1}'),
        '{"a":1}',
        b'{\n"a":1\n}',
        msgspec.Raw(b'{"a":1}'),
        msgspec.defstruct("E", [("a", int)])(1),
    ],
)
def test_an_event_may_be_attributes_a_struct_or_json_text(event) -> None:
    line = encode(event)
    assert json.loads(line) == {"a": 1}
    assert b"\n" not in line


@pytest.mark.parametrize(
    ("event", "reason"),
    [
        (b"", "not JSON"),
        (b"hello", "not JSON"),
        (b'{"a":1} {"b":2}', "not JSON"),
        (b'{"a":1},{"b":2}', "not JSON"),
        (b'{"a":NaN}', "not JSON"),
        (b"[]", "not a JSON object"),
        (b'{"a":"\xff"}', "not UTF-8: byte 6 is 0xff"),
        ('{"a":"\ud800"}', "not UTF-8"),
        (b'{"a":' + b"[" * 100 + b"]" * 100 + b"}", "nested deeper than 64 levels"),
        (b'{"a":' + b"[" * 100_000 + b"]" * 100_000 + b"}", "nested deeper than 64 levels"),
        ({"a": object()}, "can't be encoded"),
        ({"a": "\ud800"}, "can't be encoded"),
        (5, "not a JSON object"),
    ],
)
def test_an_event_that_would_spoil_its_batch_is_refused_at_once(event, reason) -> None:
    with pytest.raises(InvalidEvent, match=reason):
        encode(event)


def test_send_waits_while_the_buffer_is_full_and_no_longer_than_it_may(aws, config, events) -> None:
    aws.how = "hang"
    settings = config(endpoints=(aws.endpoint,), spool_path=None, max_buffered_events=10, read_timeout_seconds=30)
    publisher = Publisher(settings)
    publisher.send_many(events(10))
    with pytest.raises(BufferFull):
        publisher.send(events(1, 10)[0], timeout=0.05)
    waiting = threading.Thread(target=publisher.send, args=(events(1, 11)[0],))
    waiting.start()
    aws.how = "ok"
    aws.release.set()
    waiting.join(10)
    assert not waiting.is_alive()
    assert publisher.flush(10)
    publisher.close()
    assert publisher.stats().accepted == 11


def test_a_closed_publisher_takes_nothing_more(aws, config, events) -> None:
    publisher = Publisher(config(endpoints=(aws.endpoint,)))
    publisher.close()
    publisher.close()
    with pytest.raises(Closed):
        publisher.send(events(1)[0])


def test_events_before_an_invalid_one_are_sent(aws, config, events) -> None:
    with Publisher(config(endpoints=(aws.endpoint,))) as publisher:
        with pytest.raises(InvalidEvent):
            publisher.send_many([*events(3), b"?", *events(3, 3)])
        assert publisher.flush(10)
        assert publisher.stats().accepted == 3


def test_many_threads_may_send(aws, gcp, config, events) -> None:
    with Publisher(config(max_buffered_events=40)) as publisher:
        threads = [threading.Thread(target=publisher.send_many, args=(events(100, 100 * n),)) for n in range(5)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(20)
        assert publisher.flush(10)
    assert sorted(int(id_) for _, id_ in aws.identities() + gcp.identities()) == list(range(500))


def test_the_asynchronous_one_does_the_same(aws, gcp, config, events) -> None:
    async def work() -> None:
        async with AsyncPublisher(config(max_buffered_events=30)) as publisher:
            await publisher.send(events(1)[0])
            await publisher.send_many(events(99, 1))

            async def later():
                for event in events(100, 100):
                    yield event

            await publisher.send_many(later())
            assert await publisher.flush(10)
            assert publisher.stats().accepted == 200

    asyncio.run(work())
    assert sorted(int(id_) for _, id_ in aws.identities() + gcp.identities()) == list(range(200))


def test_the_host_header_is_the_endpoints_when_it_has_one(aws, config, events) -> None:
    seen = []
    accept = aws.ingest.accept
    aws.ingest.accept = lambda request: (seen.append(request.headers["host"]), accept(request))[1]
    with Publisher(config(endpoints=(Endpoint("aws", aws.endpoint.url, host="api.example.com"),))) as publisher:
        publisher.send_many(events(1))
        assert publisher.flush(10)
    assert seen == ["api.example.com"]


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        ({"endpoints": ()}, "at least one"),
        ({"endpoints": (Endpoint("a", "ftp://x"),)}, "not an http or https URL"),
        ({"endpoints": (Endpoint("a", "http://x/v1/events/"),)}, "leave it out"),
        ({"endpoints": (Endpoint("a", "http://x"), Endpoint("a", "http://y"))}, "the same name"),
        ({"max_batch_events": 5001}, "max_batch_events"),
        ({"max_in_flight": 0}, "max_in_flight"),
        ({"key_max_age_seconds": 90_000}, "24 hours"),
    ],
)
def test_a_configuration_that_cannot_work_says_why(changes, what) -> None:
    with pytest.raises(ConfigurationError, match=what):
        PublisherConfig(**{"endpoints": ENDPOINTS} | changes)
