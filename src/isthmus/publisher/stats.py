"""What a publisher did, in figures."""

from __future__ import annotations

import math
from collections import Counter, deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

LATENCIES_KEPT = 20_000
"""Batches whose latency is kept for the percentiles: the newest."""


@dataclass(frozen=True)
class Stats:
    """Figures of a publisher at one moment; events unless said otherwise.

    Attributes:
        sent: Taken by `send`.
        accepted: Acknowledged by an ingest.
        rejected: Reported to `on_rejected`.
        duplicates: Of the accepted, those that repeated another event of their request.
        buffered: In memory, in requests too.
        spooled: In the spool now.
        spooled_total: Put into the spool since the start.
        requests: Requests with events that were made.
        retries: Requests that repeated one.
        hedged: Of those, the ones made while another endpoint took long to answer.
        failovers: Batches that another endpoint took than the one tried first.
        in_flight: Requests on their way now.
        accept_p50_seconds: Median over batches, from the first request to the acknowledgement; 0 before the first.
        accept_p99_seconds: 99th percentile of the same.
        accepted_by: Accepted by each endpoint.
        out: What is wrong with each endpoint that is out.
        spool_fault: Why the spool couldn't be written last time, "" when it could.
    """

    sent: int = 0
    accepted: int = 0
    rejected: int = 0
    duplicates: int = 0
    buffered: int = 0
    spooled: int = 0
    spooled_total: int = 0
    requests: int = 0
    retries: int = 0
    hedged: int = 0
    failovers: int = 0
    in_flight: int = 0
    accept_p50_seconds: float = 0.0
    accept_p99_seconds: float = 0.0
    accepted_by: Mapping[str, int] = field(default_factory=dict)
    out: Mapping[str, str] = field(default_factory=dict)
    spool_fault: str = ""


@dataclass
class Tally:
    """Counts while the publisher works; only its loop writes here, but for `sent`."""

    accepted: int = 0
    rejected: int = 0
    duplicates: int = 0
    spooled_total: int = 0
    requests: int = 0
    retries: int = 0
    hedged: int = 0
    failovers: int = 0
    accepted_by: Counter[str] = field(default_factory=Counter)
    latencies: deque[float] = field(default_factory=lambda: deque(maxlen=LATENCIES_KEPT))
    spool_fault: str = ""


def percentile(samples: Iterable[float], share: float) -> float:
    """Returns the least sample that `share` (0 to 1) of all don't exceed; 0 when there is none."""
    ordered = sorted(samples)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)] if ordered else 0.0
