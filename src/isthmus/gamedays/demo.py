"""The main job from start to end: both clouds, real events, an outage of each, and the proof that nothing was lost."""

from __future__ import annotations

import re
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from isthmus.cost.event_path import MILLION, per_million
from isthmus.cost.shape import Shape
from isthmus.gamedays import record
from isthmus.gamedays.breaker import Breaker
from isthmus.gamedays.memory import MemoryWatch
from isthmus.gamedays.schedule import one_after_the_other
from isthmus.gamedays.site import Site
from isthmus.gamedays.trial import Outcome, Trial, run_trial
from isthmus.local import function_logs, lifecycle
from isthmus.local.archives import archives
from isthmus.local.endpoints import Endpoints
from isthmus.local.logs import logs
from isthmus.local.parts import CLOUDS
from isthmus.local.rundir import RunDirectory
from isthmus.local.traces import tracer
from isthmus.publisher import Endpoint, PublisherConfig
from isthmus.samples import flights

BROKER_CALLS = ("sns.Publish", "pubsub.Publish")
STORAGE_CALLS = ("s3.PutObject", "storage.objects.insert")
LOG_LINES = 2000
"""How far back a log is searched for a fault, when the demo fails."""

FAULT = re.compile(r"error|exception", re.IGNORECASE)
FAULT_CHARS = 300


@dataclass(frozen=True)
class DemoConfig:
    """How the demo is run.

    Attributes:
        events: How many flights are sent.
        lead_seconds: Before the first outage, between the two, and after the second.
        outage_seconds: How long each cloud is cut off.
    """

    events: int = 50_000
    lead_seconds: float = 2.0
    outage_seconds: float = 10.0

    @property
    def seconds(self) -> float:
        """How long events are sent."""
        return 3 * self.lead_seconds + 2 * self.outage_seconds


@dataclass(frozen=True)
class DemoReport:
    """What the demo found; counts are events unless said otherwise."""

    sent: int
    accepted: int
    stored_in_s3: int
    stored_in_gcs: int
    missing: int
    duplicated: int
    accepted_by: dict[str, int]
    spooled: int
    failovers: int
    accept_p50_ms: float
    accept_p99_ms: float
    end_to_end_p50_ms: float
    end_to_end_p99_ms: float
    events_per_second: float
    broker_calls: int
    storage_calls: int
    calls: dict[str, int]
    usd_per_million_events: float
    usd_per_million_with_a_message_per_event: float
    memory_mib: float
    up_seconds: float
    seconds: float
    passed: bool

    def rows(self) -> list[tuple[str, str]]:
        """The report as a table for people."""
        saved = self.usd_per_million_with_a_message_per_event / max(self.usd_per_million_events, 1e-9)
        per_call = self.accepted / max(self.broker_calls, 1)
        return [
            ("events sent", f"{self.sent:,}"),
            ("accepted", f"{self.accepted:,}"),
            ("stored in S3", f"{self.stored_in_s3:,}"),
            ("stored in Cloud Storage", f"{self.stored_in_gcs:,}"),
            ("missing", f"{self.missing:,}"),
            ("duplicated", f"{self.duplicated:,}"),
            ("accepted by AWS / by Google", " / ".join(f"{self.accepted_by.get(c, 0):,}" for c in CLOUDS)),
            ("kept on disk while both were out", f"{self.spooled:,}"),
            ("failovers (batches that failed on one, taken by the other)", f"{self.failovers:,}"),
            ("accept latency p50 / p99", f"{self.accept_p50_ms:,.0f} / {self.accept_p99_ms:,.0f} ms"),
            ("end-to-end latency p50 / p99", f"{self.end_to_end_p50_ms:,.0f} / {self.end_to_end_p99_ms:,.0f} ms"),
            ("events/s (offered at this pace, outages included)", f"{self.events_per_second:,.0f}"),
            ("broker calls made", f"{self.broker_calls:,} ({per_call:,.0f} events a call)"),
            ("storage calls made", f"{self.storage_calls:,}"),
            ("a million events at list price", f"${self.usd_per_million_events:,.2f}"),
            (
                "the same with a message per event",
                f"${self.usd_per_million_with_a_message_per_event:,.2f} ({saved:,.0f} ×)",
            ),
            ("memory of all processes", f"{self.memory_mib:,.0f} MiB"),
            ("time", f"{self.seconds:,.0f} s, of which up {self.up_seconds:,.1f} s"),
        ]


def run_demo(run: RunDirectory, config: DemoConfig, say: Callable[[str], None]) -> DemoReport:
    """Runs the demo in a run directory of its own and leaves nothing of it.

    Raises:
        IsthmusError: when a cloud can't be started or a fault can't be carried out.
    """
    began = time.monotonic()
    lifecycle.down(run, purge=True)
    try:
        with MemoryWatch(run.root) as memory:
            up = lifecycle.up(run, say)
            endpoints = Endpoints.require(run)
            record_file = run.root / "record.ndjson"
            outcome = _trial(run, endpoints, config, say)
        if not outcome.passed:
            _tell_faults(run, say)
        calls = function_logs.calls(run, endpoints)
        facts = _facts(outcome, list(record.read(record_file)), calls)
        seconds = time.monotonic() - began
        return DemoReport(
            **facts, memory_mib=memory.peak_bytes / 2**20, up_seconds=up.seconds, seconds=seconds, passed=outcome.passed
        )
    finally:
        say("stopping everything")
        lifecycle.down(run, purge=True)


def _tell_faults(run: RunDirectory, say: Callable[[str], None]) -> None:
    """Tells the last fault that each part logged, since the logs go with the run."""
    for name, log in logs(run).items():
        faults = [line for line in log.last(LOG_LINES) if FAULT.search(line)]
        for line in faults[-1:]:
            say(f"{name} logged: {line[:FAULT_CHARS]}")


def _trial(run: RunDirectory, endpoints: Endpoints, config: DemoConfig, say: Callable[[str], None]) -> Outcome:
    schedule = one_after_the_other(
        first_seconds=config.lead_seconds, outage_seconds=config.outage_seconds, between_seconds=config.lead_seconds
    )
    trial = Trial(schedule, config.events / config.seconds)
    say(f"sending {config.events:,} flights to both ingests for {config.seconds:g} s")
    return run_trial(
        trial,
        flights(limit=config.events),
        publisher_config(run, endpoints),
        run.root / "record.ndjson",
        archives(endpoints),
        Breaker(Site.of(run)),
        say,
        tracer(run, "isthmus-publisher"),
    )


def publisher_config(
    run: RunDirectory, endpoints: Endpoints, clock_ns: Callable[[], int] = time.time_ns
) -> PublisherConfig:
    """The configuration of a producer that sends to both ingests through the fault proxies and spools."""
    targets = tuple(Endpoint(cloud, url) for cloud, url in endpoints.ingests.items())
    spool = run.root / "spool.sqlite"
    # Two requests at a time: each further one wakes another Lambda worker of 60 MB and makes nothing faster here.
    return PublisherConfig(
        targets, endpoints.api_key, spool_path=spool, linger_seconds=0.25, max_in_flight=2, clock_ns=clock_ns
    )


def _facts(outcome: Outcome, batches: Sequence[record.Acknowledged], calls: dict[str, int]) -> dict[str, Any]:
    verdict, stats = outcome.verdict, outcome.stats
    stored = {side.cloud: side for side in verdict.stored}
    accept = [batch.latency_ms for batch in batches for _ in batch.events]
    cost, plain = _costs(outcome, batches, calls)
    return {
        "sent": stats.sent,
        "accepted": stats.accepted,
        "stored_in_s3": stored["aws"].events,
        "stored_in_gcs": stored["gcp"].events,
        "missing": verdict.missing,
        "duplicated": verdict.duplicated,
        "accepted_by": dict(stats.accepted_by),
        "spooled": stats.spooled_total,
        "failovers": stats.failovers,
        "accept_p50_ms": percentile(accept, 50),
        "accept_p99_ms": percentile(accept, 99),
        "end_to_end_p50_ms": percentile(verdict.latencies_ms, 50),
        "end_to_end_p99_ms": percentile(verdict.latencies_ms, 99),
        "events_per_second": stats.accepted / outcome.load_seconds,
        "broker_calls": sum(calls.get(name, 0) for name in BROKER_CALLS),
        "storage_calls": sum(calls.get(name, 0) for name in STORAGE_CALLS),
        "calls": calls,
        "usd_per_million_events": cost,
        "usd_per_million_with_a_message_per_event": plain,
    }


def _costs(outcome: Outcome, batches: Sequence[record.Acknowledged], calls: dict[str, int]) -> tuple[float, float]:
    """What a million such events cost by the calls made, and what they would cost with a message an event."""
    stored, events = outcome.verdict.stored[0], max(outcome.stats.accepted, 1)
    objects = max(stored.objects, 1)
    payload = stored.size_bytes / objects
    shape = Shape(events / objects, payload, events / max(len(batches), 1), payload)
    known = {
        name: count for name, count in calls.items() if name in (*BROKER_CALLS, *STORAGE_CALLS) or "ingest." in name
    }
    plain = shape.one_event_a_message(statistics.fmean(map(len, flights(limit=events))))
    return per_million(known, events, shape).total_usd, per_million({}, MILLION, plain).total_usd


def percentile(values: Sequence[float], percent: int) -> float:
    """Returns a percentile; 0 for no values."""
    if len(values) < 2:
        return float(sum(values))
    return statistics.quantiles(values, n=100, method="inclusive")[percent - 1]
