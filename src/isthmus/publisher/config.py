"""The publisher's configuration."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from isthmus.core.errors import ConfigurationError
from isthmus.core.requests import MAX_EVENTS

PATH = "/v1/events"
"""Where an ingest takes events, below its base URL."""


@dataclass(frozen=True)
class Endpoint:
    """One ingest.

    Attributes:
        name: Its name in figures and callbacks: the cloud.
        url: Base URL; events go to `<url>/v1/events`.
        host: The `Host` header, where it isn't the URL's (a gateway that is reached by its address).
    """

    name: str
    url: str
    host: str = ""


@dataclass(frozen=True)
class PublisherConfig:
    """How a publisher batches, retries and spools.

    Attributes:
        endpoints: The ingests. Batches are spread over those that are well.
        api_key: The sender's key, "" to send none.
        max_batch_events: Events of a request at most.
        max_batch_bytes: Bytes of a request's JSON at most, before gzip; an event that is larger goes alone.
        linger_seconds: How long a batch waits for more events.
        max_in_flight: Requests at a time for each endpoint.
        max_buffered_events: Events held in memory, in requests too; then `send` waits.
        max_buffered_bytes: Bytes of events held in memory.
        connect_timeout_seconds: For a connection to be made.
        read_timeout_seconds: For an answer.
        suspect_seconds: How long an answer may take before the endpoint is probed. Stretched where answers usually
            take long.
        hedge_after_seconds: How long an answer may take before the batch is sent to another endpoint, too. Stretched
            where answers usually take long.
        hedge_share: Requests that may be hedged so, of all; 0 for none.
        probe_timeout_seconds: How long an endpoint under suspicion may take to answer a probe before it is given up.
        retry_base_seconds: First bound of the random wait before a retry; doubles with each one.
        retry_cap_seconds: Greatest bound of the wait.
        failures_to_open: Faulty answers in a row after which an endpoint is left alone for a while. A refused
            connection or a hang does it at once.
        cool_down_seconds: How long an endpoint is left alone first; doubles while probes fail.
        cool_down_cap_seconds: How long at most.
        spool_path: SQLite file that keeps batches while no ingest can be reached; None to keep them in memory only.
        spool_after_seconds: How long a batch is tried before it is spooled although an ingest seems well.
        max_spool_bytes: Bytes of the spooled batches, compressed; then `send` waits.
        key_max_age_seconds: Age after which a batch gets a new Idempotency-Key; ingests take keys of 24 hours.
        stamp_traceparent: Whether an event that is sent within a trace gets the CloudEvents extension `traceparent`,
            unless it has one.
        probe_path: What is asked of an endpoint to see whether it is alive; any answer will do.
        clock_ns: The wall clock that Idempotency-Keys are made by, Unix nanoseconds; game days set it wrong.
    """

    endpoints: tuple[Endpoint, ...]
    api_key: str = ""
    max_batch_events: int = 500
    max_batch_bytes: int = 1024 * 1024
    linger_seconds: float = 0.05
    max_in_flight: int = 3
    max_buffered_events: int = 20_000
    max_buffered_bytes: int = 32 * 1024 * 1024
    connect_timeout_seconds: float = 0.75
    read_timeout_seconds: float = 5.0
    suspect_seconds: float = 1.0
    hedge_after_seconds: float = 0.5
    hedge_share: float = 0.05
    probe_timeout_seconds: float = 0.6
    retry_base_seconds: float = 0.1
    retry_cap_seconds: float = 5.0
    failures_to_open: int = 3
    cool_down_seconds: float = 0.5
    cool_down_cap_seconds: float = 5.0
    spool_path: Path | str | None = None
    spool_after_seconds: float = 15.0
    max_spool_bytes: int = 1024 * 1024 * 1024
    key_max_age_seconds: float = 20 * 3600.0
    stamp_traceparent: bool = True
    probe_path: str = "/healthz"
    clock_ns: Callable[[], int] = time.time_ns

    def __post_init__(self) -> None:
        self._require(bool(self.endpoints), "endpoints", "at least one is needed")
        names = [endpoint.name for endpoint in self.endpoints]
        self._require(len(set(names)) == len(names), "endpoints", f"two have the same name: {', '.join(names)}")
        for endpoint in self.endpoints:
            parts = urlsplit(endpoint.url)
            good = parts.scheme in ("http", "https") and bool(parts.hostname)
            self._require(good, "endpoints", f"{endpoint.url!r} is not an http or https URL")
            whole = parts.path.rstrip("/").endswith(PATH)
            self._require(
                not whole, "endpoints", f"{endpoint.url!r} ends in {PATH}, which is added to it: leave it out"
            )
        self._require(
            0 < self.max_batch_events <= MAX_EVENTS, "max_batch_events", f"an ingest takes 1 to {MAX_EVENTS:,}"
        )
        for name in (
            "max_batch_bytes",
            "max_in_flight",
            "max_buffered_events",
            "max_buffered_bytes",
            "failures_to_open",
        ):
            self._require(getattr(self, name) >= 1, name, "must be at least 1")
        self._require(0 <= self.hedge_share <= 1, "hedge_share", "is a share, from 0 to 1")
        self._require(0 < self.key_max_age_seconds < 24 * 3600, "key_max_age_seconds", "ingests take keys of 24 hours")

    def _require(self, holds: bool, name: str, why: str) -> None:
        if not holds:
            raise ConfigurationError(f"{name}: {why}", where="PublisherConfig")
