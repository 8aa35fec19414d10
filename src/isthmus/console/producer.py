"""A producer for the page: flights at a steady pace, so that something flows while one breaks and heals."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from isthmus.core.errors import ConfigurationError
from isthmus.local.endpoints import Endpoints
from isthmus.local.rundir import RunDirectory
from isthmus.local.traces import tracer
from isthmus.publisher import Endpoint, Publisher, PublisherConfig, Stats
from isthmus.samples.flights import FLIGHTS, flights

RATE_MAX = 2_000.0
SECONDS_MAX = 900.0
"""It ends by itself after a quarter of an hour: a page that was left open shall not fill the disk."""
TICK_SECONDS = 0.05
TELL_SECONDS = 0.5
FLUSH_SECONDS = 20.0


def produce(run: RunDirectory, events_per_second: float, say: Callable[[Any], None]) -> dict[str, Any]:
    """Sends until it is interrupted or a quarter of an hour is over; tells its figures twice a second.

    Raises:
        ConfigurationError: The pace is none.
        NotUp: There is no ingest.
    """
    if not 0 < events_per_second <= RATE_MAX:
        raise ConfigurationError(f"the pace is {events_per_second:g}", fix=f"above 0, at most {RATE_MAX:,.0f}")
    endpoints = Endpoints.require(run, any_cloud=True)
    folder = run.data("console")
    folder.mkdir(parents=True, exist_ok=True)
    targets = tuple(Endpoint(cloud, url) for cloud, url in endpoints.ingests.items())
    config = PublisherConfig(
        targets, endpoints.api_key, spool_path=folder / "spool.sqlite", linger_seconds=0.25, max_in_flight=2
    )
    with Publisher(config, tracer=tracer(run, "isthmus-publisher")) as publisher:
        with contextlib.suppress(KeyboardInterrupt):  # How it is stopped.
            _send(publisher, events_per_second, _Place(folder / "flights"), say)
        publisher.flush(FLUSH_SECONDS)
        return figures(publisher.stats())


def figures(stats: Stats) -> dict[str, Any]:
    """What is shown of a publisher's figures."""
    return {
        "sent": stats.sent,
        "accepted": stats.accepted,
        "accepted_by": dict(stats.accepted_by),
        "rejected": stats.rejected,
        "failovers": stats.failovers,
        "spooled": stats.spooled,
        "out": dict(stats.out),
        "p50_ms": round(stats.accept_p50_seconds * 1000, 1),
        "p99_ms": round(stats.accept_p99_seconds * 1000, 1),
    }


def _send(publisher: Publisher, pace: float, place: _Place, say: Callable[[Any], None]) -> None:
    began = told = time.monotonic()
    events, number = place.events(), 0
    while (now := time.monotonic()) < began + SECONDS_MAX:
        due = int((now - began) * pace)
        publisher.send_many(islice(events, due - number))
        number = max(number, due)
        if now >= told + TELL_SECONDS:
            told = now
            say({"at": time.time(), **figures(publisher.stats())})
            place.save()
        time.sleep(TICK_SECONDS)


class _Place:
    """Where in the sample it is, kept in a file: the next one sends other flights, as long as there are."""

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            self._next = int(path.read_text()) % FLIGHTS
        except (FileNotFoundError, ValueError):
            self._next = 0

    def events(self) -> Iterator[bytes]:
        """Yields flights, from the first again after the last."""
        while True:
            for event in flights(start=self._next):
                self._next += 1
                yield event
            self._next = 0

    def save(self) -> None:
        """Keeps it."""
        self._path.write_text(str(self._next))
