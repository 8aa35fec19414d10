"""Sends a marked synthetic event down each path and times its arrival in both archives."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime

from isthmus.core import frames, keys
from isthmus.core.errors import Unavailable
from isthmus.core.ports import Bucket
from isthmus.functions import canary
from isthmus.local.archives import archives
from isthmus.local.endpoints import Endpoints

POLL_SECONDS = 0.2
CLOCK_SECONDS = 60
"""How far the clock of an ingest may be behind this one's for its frame to be found."""


@dataclass(frozen=True)
class Leg:
    """One way of an event: in at one ingest, and into one archive.

    Attributes:
        ingest: Where it was sent to.
        archive: Where it was looked for.
        accepted_ms: How long the ingest took; None when it did not accept it.
        arrived_ms: How long after it was sent it was seen there; None when it was not.
        problem: What went wrong, "" when nothing did.
    """

    ingest: str
    archive: str
    accepted_ms: float | None
    arrived_ms: float | None
    problem: str = ""


def probe(endpoints: Endpoints, clouds: Sequence[str], deadline_seconds: float) -> list[Leg]:
    """Probes the paths from these clouds' ingests at the same time; through the fault proxies, as producers do.

    Args:
        endpoints: Where everything answers.
        clouds: Whose ingests are sent to.
        deadline_seconds: How long an event may take.
    """
    buckets = archives(endpoints, front=True)

    def path(cloud: str) -> list[Leg]:
        send = _Sending(cloud, endpoints.ingests[cloud], endpoints.api_key)
        return list(_legs(send, buckets, deadline_seconds))

    with ThreadPoolExecutor(len(clouds)) as pool:
        return [leg for legs in pool.map(path, clouds) for leg in legs]


@dataclass(frozen=True)
class _Sending:
    cloud: str
    url: str
    key: str


def _legs(path: _Sending, buckets: Sequence[Bucket], deadline_seconds: float) -> Iterator[Leg]:
    event_id, sent, began = str(uuid.uuid4()), time.time(), time.monotonic()
    event = canary.synthetic(event_id, f"/isthmus/probe/{path.cloud}")
    try:
        accepted_ms = round(1000 * canary.send(path.url, path.key, event, deadline_seconds), 1)
    except (canary.NotReady, OSError) as error:
        yield from (Leg(path.cloud, bucket.cloud, None, None, f"not accepted: {error}") for bucket in buckets)
        return

    def leg(bucket: Bucket) -> Leg:
        problem = _wait(lambda: _holds(bucket, event_id, sent), began + deadline_seconds)
        if problem is None:
            return Leg(path.cloud, bucket.cloud, accepted_ms, round(1000 * (time.monotonic() - began), 1))
        return Leg(path.cloud, bucket.cloud, accepted_ms, None, f"not there after {deadline_seconds:g} s{problem}")

    with ThreadPoolExecutor(len(buckets)) as pool:
        yield from pool.map(leg, buckets)


def _wait(holds: Callable[[], bool], deadline: float) -> str | None:
    """Waits until it holds, and returns None; after the deadline why it could not be told, "" when it could."""
    why = ""
    while True:
        try:
            if holds():
                return None
            why = ""
        except Unavailable as error:
            why = f": {error.what}"
        if time.monotonic() >= deadline:
            return why
        time.sleep(POLL_SECONDS)


def _holds(bucket: Bucket, event_id: str, sent: float) -> bool:
    """Whether an event that was sent at a time is in an archive: only the frames since then are looked at."""
    since = sent - CLOCK_SECONDS
    milliseconds = f"{int(since * 1000):012x}"
    for hour in range(int(since // 3600), int((time.time() + CLOCK_SECONDS) // 3600) + 1):
        at = datetime.fromtimestamp(hour * 3600, UTC)
        folder = f"{keys.EVENTS}type={canary.TYPE}/date={at:%Y-%m-%d}/hour={at:%H}/"
        # A frame's id begins with the milliseconds of its time, so its name is behind this one.
        for entry in bucket.list(folder, after=f"{folder}{milliseconds[:8]}-{milliseconds[8:]}"):
            if event_id.encode() in frames.unpack(bucket.get(entry.key)):
                return True
    return False
