"""The publisher's face: what `send` takes, when it waits, and that closing loses nothing."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Callable
from typing import Any

import msgspec
import pytest

from isthmus.publisher import AsyncPublisher, BufferFull, Closed, InvalidEvent, Publisher, PublisherConfig

Config = Callable[..., PublisherConfig]
Events = Callable[..., list[dict[str, Any]]]
Until = Callable[[Callable[[], object]], None]


class Order(msgspec.Struct):
    """An event as a struct."""

    id: str
    source: str = "/test"
    type: str = "com.example.test"
    specversion: str = "1.0"


def ids(*ingests: Any) -> list[str]:
    """The ids of all events that are held."""
    return sorted(id_ for ingest in ingests for _, id_ in ingest.identities())


def test_send_takes_attributes_structs_and_json_text(config: Config, events: Events, aws, gcp) -> None:
    text = msgspec.json.encode(Order("b"))
    with Publisher(config()) as publisher:
        publisher.send(events(1)[0])
        publisher.send(Order("a"))
        publisher.send(text)
        publisher.send(text.replace(b'"b"', b'"c"').decode())
        publisher.send(memoryview(b" " + text.replace(b'"b"', b'"d"').replace(b",", b",\r\n") + b"\n"))
        publisher.send(msgspec.Raw(text.replace(b'"b"', b'"e"')))
    assert ids(aws, gcp) == ["0", "a", "b", "c", "d", "e"]


@pytest.mark.parametrize(
    ("event", "what"),
    [
        (b"[1]", "not a JSON object"),
        (b"{", "not JSON"),
        (b"{} {}", "not JSON"),
        (b"", "not JSON"),
        (b'{"a":"\xff"}', "not UTF-8: byte 6"),
        ("\ud800", "not UTF-8"),
        ({"a": object()}, "can't be encoded"),
        (b'{"data":' * 2000 + b"1" + b"}" * 2000, "nested deeper"),
        (7, "not a JSON object"),
    ],
)
def test_what_is_no_event_is_said_at_once(config: Config, aws, gcp, event: Any, what: str) -> None:
    with Publisher(config()) as publisher, pytest.raises(InvalidEvent, match=what):
        publisher.send(event)
    assert publisher.stats().sent == 0


def test_events_before_an_invalid_one_are_sent(config: Config, events: Events, aws, gcp) -> None:
    with Publisher(config()) as publisher, pytest.raises(InvalidEvent):
        publisher.send_many([*events(7), b"nonsense", *events(3, first=7)])
    assert ids(aws, gcp) == sorted(str(i) for i in range(7))


def test_send_waits_while_the_buffer_is_full(config: Config, events: Events, aws, gcp, until: Until) -> None:
    aws.refuse()
    gcp.refuse()
    with Publisher(config(spool_path=None, max_buffered_events=20)) as publisher:
        publisher.send_many(events(20))
        with pytest.raises(BufferFull):
            publisher.send(events(1, first=20)[0], timeout=0.1)
        sending = threading.Thread(target=publisher.send_many, args=(events(30, first=20),))
        sending.start()
        sending.join(0.1)
        assert sending.is_alive() and publisher.stats().buffered == 20
        aws.open()
        sending.join(10)
        assert not sending.is_alive() and publisher.flush(10)
    assert ids(aws) == sorted(str(i) for i in range(50))


def test_a_sender_that_waits_is_told_when_the_publisher_closes(config: Config, events: Events, aws, gcp) -> None:
    aws.refuse()
    gcp.refuse()
    publisher = Publisher(config(max_buffered_events=5, max_spool_bytes=1))
    publisher.send_many(events(5))
    raised: list[Exception] = []

    def send() -> None:
        try:
            publisher.send(events(1, first=5)[0])
        except Closed as error:
            raised.append(error)

    sending = threading.Thread(target=send)
    sending.start()
    publisher.close(timeout=0.2)
    sending.join(5)
    assert not sending.is_alive() and len(raised) == 1 and publisher.stats().spooled == 5


def test_flush_does_not_wait_for_the_linger_time(config: Config, events: Events, aws, gcp) -> None:
    began = time.monotonic()
    with Publisher(config(linger_seconds=30.0)) as publisher:
        publisher.send_many(events(3))
        assert publisher.flush(5)
    assert time.monotonic() - began < 3 and len(ids(aws, gcp)) == 3


def test_flush_waits_for_what_was_sent_before_it_and_for_nothing_else(
    config: Config, events: Events, aws, gcp, until: Until
) -> None:
    """Another thread never stops sending, so that there is always something left."""
    stop = threading.Event()
    more = iter(range(10, 10_000_000))
    with Publisher(config(linger_seconds=0.0, max_batch_events=20)) as publisher:

        def send() -> None:
            while not stop.is_set():
                publisher.send_many(events(20, next(more) * 20))

        sending = threading.Thread(target=send)
        sending.start()
        try:
            until(lambda: publisher.stats().buffered > 200)
            for _ in range(3):
                sent = publisher.stats().sent
                assert publisher.flush(10)
                assert publisher.stats().accepted >= sent - publisher.stats().duplicates
            assert publisher.stats().buffered
        finally:
            stop.set()
            sending.join()


def test_a_few_events_go_out_after_the_linger_time_without_a_flush(
    config: Config, events: Events, aws, gcp, until: Until
) -> None:
    with Publisher(config(linger_seconds=0.02)) as publisher:
        publisher.send(events(1)[0])
        until(lambda: publisher.stats().accepted == 1)


def test_closing_twice_is_fine_and_sending_after_it_is_not(config: Config, events: Events, aws, gcp) -> None:
    publisher = Publisher(config())
    publisher.send(events(1)[0])
    publisher.close()
    publisher.close()
    with pytest.raises(Closed):
        publisher.send(events(1)[0])
    assert ids(aws, gcp) == ["0"]


@pytest.mark.parametrize("before", [0, 300, 3000])
def test_threads_that_send_while_it_closes_lose_nothing_that_was_taken(
    config: Config, events: Events, aws, gcp, until: Until, before: int
) -> None:
    publisher = Publisher(config(max_batch_events=50))
    taken: list[str] = []

    def send(first: int) -> None:
        for event in events(5000, first=first):
            try:
                publisher.send(event)
            except Closed:
                return
            taken.append(event["id"])

    threads = [threading.Thread(target=send, args=(first,)) for first in (0, 10_000)]
    for thread in threads:
        thread.start()
    until(lambda: len(taken) >= before)
    publisher.close()
    for thread in threads:
        thread.join(10)
    assert ids(aws, gcp) == sorted(taken) and publisher.stats().accepted == len(taken)


async def _numbered(events: list[dict[str, Any]]) -> AsyncIterator[dict[str, Any]]:
    for event in events:
        yield event


async def _send_async(config: PublisherConfig, events: list[dict[str, Any]]) -> Any:
    async with AsyncPublisher(config) as publisher:
        await publisher.send(events[0])
        await publisher.send_many(_numbered(events[1:20]))
        await publisher.send_many(events[20:])
        assert await publisher.flush(10)
    with pytest.raises(Closed):
        await publisher.send(events[0])
    return publisher.stats()


def test_the_async_publisher_sends_the_same(config: Config, events: Events, aws, gcp) -> None:
    stats = asyncio.run(_send_async(config(max_buffered_events=30), events(200)))
    assert stats.accepted == 200 and ids(aws, gcp) == sorted(str(i) for i in range(200))


def test_an_async_sender_that_waits_does_not_stop_others(config: Config, events: Events, aws, gcp) -> None:
    async def run() -> int:
        aws.slow_seconds = gcp.slow_seconds = 0.02
        async with AsyncPublisher(config(max_buffered_events=10)) as publisher:
            parts = [publisher.send_many(events(50, first=50 * i)) for i in range(4)]
            await asyncio.gather(*parts)
            await publisher.flush(10)
            return publisher.stats().accepted

    assert asyncio.run(run()) == 200
