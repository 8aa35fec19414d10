"""The spool: while both ingests are gone nothing is lost, over restarts, and it drains oldest first."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sqlite3
import time
import uuid
from pathlib import Path

import pytest

from isthmus.core import uuid7
from isthmus.publisher import Endpoint, Publisher, PublisherConfig
from isthmus.publisher.batch import Batch
from isthmus.publisher.errors import SpoolFault
from isthmus.publisher.spool import Spool


def gone(aws, gcp) -> None:
    aws.refuse()
    gcp.refuse()


def ids(ingest) -> list[int]:
    return [int(id_) for _, id_ in ingest.identities()]


def test_while_both_are_gone_events_are_spooled_and_drain_when_one_is_back(aws, gcp, config, events, until) -> None:
    gone(aws, gcp)
    with Publisher(config()) as publisher:
        publisher.send_many(events(100))
        until(lambda: publisher.stats().spooled == 100 and publisher.stats().buffered == 0)
        assert not publisher.flush(0.1)
        aws.open()
        assert publisher.flush(10)
        assert (publisher.stats().accepted, publisher.stats().spooled) == (100, 0)
    assert sorted(ids(aws)) == list(range(100))


def test_close_spools_what_is_left_and_the_next_process_drains_it_oldest_first(aws, gcp, config, events) -> None:
    gone(aws, gcp)
    first = Publisher(config())
    first.send_many(events(105))
    first.close()
    assert first.stats().spooled_total == 105
    aws.open()
    with Publisher(config(max_in_flight=1)) as second:
        assert second.flush(10)
        assert second.stats().accepted == 105
    assert sorted(ids(aws)) == list(range(105))
    starts = [batch[0] for batch in _batches(aws)]
    # Four at a time are on their way, so neighbours may overtake each other.
    assert all(abs(place - sorted(starts).index(start)) < 4 for place, start in enumerate(starts))


def _batches(ingest) -> list[list[int]]:
    from isthmus.core import frames

    rows = []
    for frame in ingest.broker.frames():
        lines = frames.lines(frame).splitlines()
        rows.append([int(line.split(b'"id":"')[1].split(b'"')[0]) for line in lines])
    return rows


def test_a_close_in_the_middle_of_a_hang_keeps_the_events_and_their_keys(aws, gcp, config, events, until) -> None:
    aws.how = gcp.how = "hang"
    publisher = Publisher(config(read_timeout_seconds=5, suspect_seconds=5))
    publisher.send_many(events(10))
    until(lambda: aws.requests + gcp.requests)
    publisher.close(timeout=0.1)
    tried = {key for key, _ in aws.requests + gcp.requests}
    for ingest in (aws, gcp):
        ingest.release.set()
        ingest.how = "ok"
    with Publisher(config()) as again:
        assert again.flush(10)
    assert {key for key, _ in aws.requests + gcp.requests} == tried
    assert sorted(ids(aws) + ids(gcp)) == list(range(10))


def _send_and_hang(url: str, spool: Path, count: int, ready) -> None:
    settings = PublisherConfig((Endpoint("aws", url),), max_batch_events=10, spool_path=spool, cool_down_seconds=5)
    publisher = Publisher(settings)
    event = {"specversion": "1.0", "source": "/test", "type": "com.example.test"}
    publisher.send_many(event | {"id": str(number)} for number in range(count))
    while publisher.stats().spooled < count:
        time.sleep(0.01)
    ready.set()
    time.sleep(60)


def test_what_was_spooled_outlives_a_sigkill(aws, config, until) -> None:
    aws.refuse()
    context = multiprocessing.get_context("spawn")
    ready, spool = context.Event(), config().spool_path
    process = context.Process(target=_send_and_hang, args=(aws.endpoint.url, spool, 40, ready))
    process.start()
    assert ready.wait(20)
    os.kill(process.pid, signal.SIGKILL)
    process.join()
    aws.open()
    with Publisher(config(endpoints=(aws.endpoint,))) as publisher:
        assert publisher.flush(10)
    assert sorted(ids(aws)) == list(range(40))


def test_a_full_spool_makes_send_wait_and_loses_nothing(aws, gcp, config, events, until) -> None:
    gone(aws, gcp)
    with Publisher(config(max_spool_bytes=500, max_buffered_events=50)) as publisher:
        publisher.send_many(events(50))
        until(lambda: publisher.stats().spool_fault == "the spool is full")
        stats = publisher.stats()
        assert (stats.buffered > 0, stats.spooled < 50, stats.spooled + stats.buffered) == (True, True, 50)
        gcp.open()
        assert publisher.flush(10)
    assert sorted(ids(gcp)) == list(range(50))


def test_an_old_key_is_made_anew_and_a_young_one_is_kept(aws, config) -> None:
    old = uuid7.new(time.time_ns() // 1_000_000 - 21 * 3600 * 1000)
    young = uuid7.new(time.time_ns() // 1_000_000 - 19 * 3600 * 1000)
    line = b'{"specversion":"1.0","id":"%d","source":"/t","type":"t"}'
    spool = Spool(config().spool_path, 10_000)
    assert spool.add([Batch.of([line % 1], old), Batch.of([line % 2], young)])
    spool.close()
    with Publisher(config(endpoints=(aws.endpoint,))) as publisher:
        assert publisher.flush(10)
        assert publisher.stats().accepted == 2
    keys = {uuid.UUID(key) for key, _ in aws.requests}
    assert young in keys
    assert old not in keys


def test_a_file_that_is_no_spool_is_refused_with_its_name(config, tmp_path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("these are not batches " * 100)
    with pytest.raises(SpoolFault, match=r"notes\.txt"):
        Publisher(config(spool_path=path))


def test_what_the_spool_counts_is_what_is_in_the_file(tmp_path) -> None:
    spool = Spool(tmp_path / "spool", 10_000)
    assert spool.add([Batch.of([b"{1}", b"{2}"]), Batch.of([b"{3}"])])
    assert not spool.add([Batch.of([os.urandom(20_000)])])
    first, second = spool.oldest(10)
    assert (first.batch.lines, second.batch.lines) == ([b"{1}", b"{2}"], [b"{3}"])
    spool.replace(first, first.batch.halves())
    spool.replace(second, [])
    assert sorted(row.batch.lines for row in spool.oldest(10)) == [[b"{1}"], [b"{2}"]]
    counted = (
        sqlite3.connect(tmp_path / "spool").execute("select sum(events), sum(length(lines)) from batches").fetchone()
    )
    assert (spool.events, spool.size_bytes) == counted
    spool.close()
    assert Spool(tmp_path / "spool", 10_000).events == 2
