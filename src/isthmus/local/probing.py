"""Sends a marked synthetic event down each path and times its arrival in both archives."""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from isthmus.core.ports import Bucket
from isthmus.functions import canary
from isthmus.local.archives import archives
from isthmus.local.endpoints import Endpoints

POLL_SECONDS = 0.2


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
        archive = _Archive(bucket)
        problem = canary.wait(lambda: canary.arrived(archive, event_id, sent), began + deadline_seconds, POLL_SECONDS)
        if problem is None:
            return Leg(path.cloud, bucket.cloud, accepted_ms, round(1000 * (time.monotonic() - began), 1))
        return Leg(path.cloud, bucket.cloud, accepted_ms, None, f"not there after {deadline_seconds:g} s{problem}")

    with ThreadPoolExecutor(len(buckets)) as pool:
        yield from pool.map(leg, buckets)


@dataclass(frozen=True)
class _Archive:
    """A bucket as the synthetic check asks it."""

    bucket: Bucket

    def keys(self, prefix: str, after: str) -> Iterator[str]:
        return (entry.key for entry in self.bucket.list(prefix, after=after))

    def get(self, key: str) -> bytes:
        return self.bucket.get(key)
