"""The soak: random fault schedules under load, each checked to the last acknowledged event."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from isthmus.gamedays.demo import publisher_config
from isthmus.gamedays.schedule import Schedule, random_schedule
from isthmus.gamedays.trial import Trial, run_trial
from isthmus.local import lifecycle
from isthmus.local.archives import archives
from isthmus.local.endpoints import Endpoints
from isthmus.local.outages import Outages
from isthmus.local.rundir import RunDirectory

EVENTS_PER_SECOND = 500.0


@dataclass(frozen=True)
class SoakRun:
    """One run of a soak; counts are events.

    Attributes:
        seed: Gives the schedule again.
        schedule: The faults, as sentences.
        acknowledged: In the producer's record, all runs so far together.
        missing: Acknowledged and not in both archives.
        duplicated: More than once in an archive.
        differing: Objects that the archives don't have alike.
        failovers: Batches that another ingest took than the one tried first.
        spooled: Events that went through the producer's spool.
        seconds: How long the run took until both archives were whole.
        passed: Whether nothing was lost, doubled or different.
    """

    seed: int
    schedule: tuple[str, ...]
    acknowledged: int
    missing: int
    duplicated: int
    differing: int
    failovers: int
    spooled: int
    seconds: float
    passed: bool


def soak(run: RunDirectory, seed: int, runs: int, span_seconds: float, say: Callable[[str], None]) -> Iterator[SoakRun]:
    """Runs the seeds `seed`, `seed + 1`, … on clouds of its own and yields what came of each.

    Raises:
        IsthmusError: when a cloud can't be started, or events are left with the publisher.
    """
    lifecycle.down(run, purge=True)
    try:
        lifecycle.up(run, say)
        endpoints = Endpoints.require(run)
        for number in range(seed, seed + runs):
            yield _one(run, endpoints, number, random_schedule(number, span_seconds), span_seconds, say)
    finally:
        lifecycle.down(run, purge=True)


def _one(
    run: RunDirectory, endpoints: Endpoints, seed: int, schedule: Schedule, span: float, say: Callable[[str], None]
) -> SoakRun:
    say(f"seed {seed}: {'; '.join(map(str, schedule))}")
    outcome = run_trial(
        Trial(schedule, EVENTS_PER_SECOND),
        events(seed, round(EVENTS_PER_SECOND * span)),
        publisher_config(run, endpoints),
        run.root / "record.ndjson",
        archives(endpoints),
        Outages(run),
        say,
    )
    verdict, stats = outcome.verdict, outcome.stats
    return SoakRun(
        seed=seed,
        schedule=tuple(map(str, schedule)),
        acknowledged=verdict.acknowledged,
        missing=verdict.missing,
        duplicated=verdict.duplicated,
        differing=len(verdict.differing),
        failovers=stats.failovers,
        spooled=stats.spooled_total,
        seconds=round(outcome.whole_seconds, 1),
        passed=outcome.passed,
    )


def events(seed: int, count: int) -> Iterator[bytes]:
    """Yields events whose identities tell their seed and place."""
    for number in range(count):
        data = hashlib.sha256(f"{seed}-{number}".encode()).hexdigest()
        event = {
            "specversion": "1.0",
            "id": f"{seed}-{number}",
            "source": f"/soak/{number % 7}",
            "type": "com.example.soak.counted",
            "data": {"seed": seed, "number": number, "digest": data},
        }
        yield json.dumps(event, separators=(",", ":")).encode()
