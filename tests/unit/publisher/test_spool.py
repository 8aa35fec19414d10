"""Both ingests gone: what is sent is on disk, survives the process, and is delivered once when an ingest is back."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from isthmus.publisher import AsyncPublisher, Publisher, PublisherConfig, Undelivered
from isthmus.publisher.batch import Batch
from isthmus.publisher.errors import SpoolFault
from isthmus.publisher.spool import Spool

Config = Callable[..., PublisherConfig]
Events = Callable[..., list[dict[str, Any]]]
Until = Callable[[Callable[[], object]], None]
MEBIBYTE = 1024 * 1024


@pytest.fixture
def spool(tmp_path: Path) -> Iterator[Spool]:
    """An empty spool."""
    opened = Spool(tmp_path / "s.sqlite", MEBIBYTE)
    yield opened
    opened.close()


def kept(*ingests: Any) -> Counter[str]:
    """How often each event's id is held, by however many ingests."""
    return Counter(id_ for ingest in ingests for _, id_ in ingest.identities())


def test_what_is_sent_while_both_are_gone_is_delivered_when_one_is_back(
    config: Config, events: Events, aws, gcp, until: Until
) -> None:
    aws.refuse()
    gcp.refuse()
    with Publisher(config()) as publisher:
        publisher.send_many(events(100))
        until(lambda: publisher.stats().spooled == 100)
        assert not publisher.flush(0.05), "what is in the spool is not delivered"
        gcp.open()
        assert publisher.flush(10)
        stats = publisher.stats()
    assert kept(gcp) == {str(i): 1 for i in range(100)}
    assert (stats.accepted, stats.spooled, stats.spooled_total, stats.buffered) == (100, 0, 100, 0)


@pytest.mark.parametrize("how", ["503", "hang"])
def test_ingests_that_answer_nothing_useful_make_the_spool_fill(
    config: Config, events: Events, aws, gcp, until: Until, how: str
) -> None:
    aws.how = gcp.how = how
    with Publisher(config(spool_after_seconds=0.2, read_timeout_seconds=0.5)) as publisher:
        publisher.send_many(events(30))
        until(lambda: publisher.stats().spooled == 30)
        aws.how = gcp.how = "ok"
        aws.release.set()
        gcp.release.set()
        assert publisher.flush(10)
    assert set(kept(aws, gcp)) == {str(i) for i in range(30)}


def test_close_spools_what_is_left_and_the_next_publisher_delivers_it_in_order(
    config: Config, events: Events, aws, gcp
) -> None:
    aws.refuse()
    gcp.refuse()
    with Publisher(config()) as publisher:
        publisher.send_many(events(95))
    assert publisher.stats().spooled == 95
    gcp.open()
    accepted: list[bytes] = []
    later = config(endpoints=(gcp.endpoint,), max_in_flight=1)
    with Publisher(later, on_accepted=lambda lines, *_: accepted.extend(lines)) as publisher:
        assert publisher.flush(10)
    assert kept(gcp) == {str(i): 1 for i in range(95)} and len(accepted) == 95


_CRASHER = """
import os, sys, time
from pathlib import Path
from isthmus.publisher import Endpoint, Publisher, PublisherConfig
config = PublisherConfig((Endpoint("aws", sys.argv[1]), Endpoint("gcp", sys.argv[2])), "secret",
                         max_batch_events=10, spool_path=Path(sys.argv[3]))
publisher = Publisher(config)
publisher.send_many({"specversion": "1.0", "source": "/test", "type": "t", "id": str(i)} for i in range(100))
while publisher.stats().spooled < 100:
    time.sleep(0.01)
print("spooled", flush=True)
time.sleep(60)
"""


def test_the_spool_survives_a_process_that_is_killed(config: Config, aws, gcp) -> None:
    aws.refuse()
    gcp.refuse()
    settings = config()
    arguments = [*(endpoint.url for endpoint in settings.endpoints), str(settings.spool_path)]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    child = subprocess.Popen(
        [sys.executable, "-c", _CRASHER, *arguments], stdout=subprocess.PIPE, text=True, env=environment
    )
    try:
        assert child.stdout is not None and child.stdout.readline() == "spooled\n"
    finally:
        child.send_signal(signal.SIGKILL)
        child.communicate()
    aws.open()
    with Publisher(settings) as publisher:
        assert publisher.stats().spooled == 100 and publisher.flush(10)
    assert kept(aws) == {str(i): 1 for i in range(100)}


def test_an_ambiguous_answer_before_the_spool_does_not_keep_an_event_twice(
    config: Config, events: Events, aws, gcp, until: Until
) -> None:
    gcp.refuse()
    aws.how = "cut"
    with Publisher(config(max_in_flight=1, failures_to_open=1)) as publisher:
        publisher.send_many(events(10))
        until(lambda: aws.requests)
        aws.refuse()
    aws.how = "ok"
    gcp.open()
    with Publisher(config()) as publisher:
        assert publisher.flush(10)
    frames = {frame.id: frame for ingest in (aws, gcp) for frame in ingest.broker.frames()}
    assert sum(frame.count for frame in frames.values()) == 10


def test_two_publishers_on_one_spool_do_not_send_the_same_rows(
    config: Config, events: Events, aws, gcp, until: Until
) -> None:
    aws.refuse()
    gcp.refuse()
    with Publisher(config()) as first, Publisher(config()) as second:
        first.send_many(events(100))
        second.send_many(events(100, first=100))
        until(lambda: first.stats().buffered + second.stats().buffered == 0)
        aws.open()
        assert first.flush(10) and second.flush(10)
        assert first.stats().accepted + second.stats().accepted == 200
    assert kept(aws) == {str(i): 1 for i in range(200)}
    assert len({key for key, _ in aws.requests}) == len(aws.requests), "no key was sent twice"


def test_without_a_spool_close_reports_what_could_not_be_delivered(config: Config, events: Events, aws, gcp) -> None:
    aws.refuse()
    gcp.refuse()
    rejected: list[Any] = []
    publisher = Publisher(config(spool_path=None), on_rejected=rejected.extend)
    publisher.send_many(events(20))
    with pytest.raises(Undelivered, match="20 events"):
        publisher.close(timeout=0.3)
    assert len(rejected) == 20 and {r.code for r in rejected} == {"undelivered"}


def test_a_full_spool_keeps_events_in_memory_until_an_ingest_is_back(
    config: Config, events: Events, aws, gcp, until: Until
) -> None:
    aws.refuse()
    gcp.refuse()
    with Publisher(config(max_spool_bytes=400)) as publisher:
        publisher.send_many(events(100))
        until(lambda: publisher.stats().spool_fault == "the spool is full")
        assert publisher.stats().buffered > 0
        aws.open()
        assert publisher.flush(10)
    assert kept(aws) == {str(i): 1 for i in range(100)}


async def _spool_and_drain(config: PublisherConfig, events: list[dict[str, Any]], back: Callable[[], None]) -> Any:
    async with AsyncPublisher(config) as publisher:
        await publisher.send_many(events)
        assert not await publisher.flush(0.3)
        back()
        assert await publisher.flush(10)
        return publisher.stats()


def test_the_async_publisher_spools_and_drains_too(config: Config, events: Events, aws, gcp) -> None:
    import asyncio

    aws.refuse()
    gcp.refuse()
    stats = asyncio.run(_spool_and_drain(config(), events(50), aws.open))
    assert stats.accepted == 50 and kept(aws) == {str(i): 1 for i in range(50)}


def test_a_file_that_is_no_spool_is_said_to_be_none(tmp_path: Path, config: Config) -> None:
    path = tmp_path / "other.sqlite"
    path.write_bytes(b"something else" * 100)
    with pytest.raises(SpoolFault, match=r"other\.sqlite"):
        Publisher(config(spool_path=path))


def test_rows_come_back_in_order_with_their_keys(spool: Spool) -> None:
    batches = [Batch.of([b'{"i":%d}' % i, b"{}"]) for i in range(5)]
    assert spool.add(batches[:3]) and spool.add(batches[3:])
    rows = spool.oldest(10)
    assert [(row.batch.key, row.batch.lines) for row in rows] == [(b.key, b.lines) for b in batches]
    assert spool.events == 10


def test_a_row_is_replaced_by_what_is_left_of_it(spool: Spool) -> None:
    spool.add([Batch.of([b"{}", b"{}"]), Batch.of([b"{}"])])
    first, second = spool.oldest(2)
    spool.replace(first, [first.batch.part([1])])
    spool.replace(second, [])
    (left,) = spool.oldest(2)
    assert len(left.batch) == spool.events == 1


def test_batches_that_do_not_fit_are_left_out_as_a_whole(tmp_path: Path) -> None:
    spool = Spool(tmp_path / "small.sqlite", 100)
    assert not spool.add([Batch.of([os.urandom(80).hex().encode()]), Batch.of([os.urandom(80).hex().encode()])])
    assert spool.events == 0 and spool.oldest(5) == []
    spool.close()


def test_only_one_process_has_the_drain_lock(spool: Spool, tmp_path: Path) -> None:
    other = Spool(tmp_path / "s.sqlite", MEBIBYTE)
    assert spool.may_drain() and spool.may_drain() and not other.may_drain()
    spool.end_drain()
    assert other.may_drain() and not spool.may_drain()
    other.close()
    assert spool.may_drain()


def test_what_another_process_added_is_counted(spool: Spool, tmp_path: Path) -> None:
    other = Spool(tmp_path / "s.sqlite", MEBIBYTE)
    other.add([Batch.of([b"{}", b"{}"])])
    spool.refresh()
    assert spool.events == 2
    other.close()


def test_a_disk_that_takes_no_more_is_a_fault_with_a_remedy(spool: Spool, tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "s.sqlite") as db:
        db.execute("DROP TABLE batches")
    with pytest.raises(SpoolFault, match="free some space"):
        spool.add([Batch.of([b"{}"])])


def test_a_file_that_is_no_spool_is_not_blamed_on_the_disk(tmp_path: Path) -> None:
    (tmp_path / "spool.sqlite").write_bytes(b"garbage " * 100)
    with pytest.raises(SpoolFault, match="move the file away"):
        Spool(tmp_path / "spool.sqlite", 1_000_000)
