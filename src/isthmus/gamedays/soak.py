"""The soak: random fault schedules under load, each checked to the last acknowledged event.

A schedule that fails is shrunk to the smallest one that still does.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import count
from pathlib import Path
from typing import Any

from isthmus.core import keys
from isthmus.core.errors import ConfigurationError, IsthmusError
from isthmus.gamedays.breaker import Breaker
from isthmus.gamedays.demo import publisher_config
from isthmus.gamedays.schedule import Schedule, from_json, random_schedule
from isthmus.gamedays.shrink import shrink
from isthmus.gamedays.site import Site
from isthmus.gamedays.trial import Outcome, Trial, run_trial
from isthmus.local import lifecycle
from isthmus.local.archives import archives
from isthmus.local.rundir import RunDirectory

EVENTS_PER_SECOND = 500.0
TYPE = "com.example.soak"

Say = Callable[[str], None]


@dataclass(frozen=True)
class SoakRun:
    """One run of a soak; counts are events.

    Attributes:
        seed: Gives the schedule again.
        schedule: The faults, as sentences.
        acknowledged: In the producer's record.
        missing: Acknowledged and not in both archives.
        duplicated: More than once in an archive.
        differing: Objects that the archives don't have alike.
        failovers: Batches that another ingest took than the one tried first.
        spooled: Events that went through the producer's spool.
        seconds: How long the run took until both archives were whole.
        passed: Whether nothing was lost, doubled or different.
        problem: Why it could not be carried through, "" when it could.
        smallest: Of a run that failed, the smallest schedule that still fails; `--schedule` takes it.
        tries: Runs that it took to find that.
    """

    seed: int
    schedule: tuple[str, ...]
    acknowledged: int = 0
    missing: int = 0
    duplicated: int = 0
    differing: int = 0
    failovers: int = 0
    spooled: int = 0
    seconds: float = 0.0
    passed: bool = False
    problem: str = ""
    smallest: tuple[dict[str, Any], ...] = ()
    tries: int = 0


Attempt = Callable[[int, Schedule], SoakRun]


def soak(run: RunDirectory, schedules: Iterable[tuple[int, Schedule]], span: float, say: Say) -> Iterator[SoakRun]:
    """Runs schedules on clouds of their own and yields what came of each.

    Args:
        run: Where; whatever is there is removed, before and after.
        schedules: Each with its seed.
        span: Seconds of load.
        say: Told what happens.

    Raises:
        IsthmusError: when a cloud can't be started.
    """
    lifecycle.down(run, purge=True)
    try:
        lifecycle.up(run, say, enforce_iam=True)
        bench = Bench(run, Site.of(run), span, say)
        yield from examine(schedules, bench.attempt, say)
    finally:
        lifecycle.down(run, purge=True)


def seeded(seed: int, runs: int, span: float) -> Iterator[tuple[int, Schedule]]:
    """The schedules of the seeds `seed`, `seed + 1`, …"""
    for number in range(seed, seed + runs):
        yield number, random_schedule(number, span)


def read(path: Path) -> Schedule:
    """Reads a schedule from a file: the windows of `smallest`, as JSON.

    Raises:
        ConfigurationError: It holds none.
    """
    try:
        return from_json(json.loads(path.read_text("utf-8")))
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise ConfigurationError(f"the schedule can't be read: {error!r}", where=str(path)) from None


def examine(
    schedules: Iterable[tuple[int, Schedule]], attempt: Attempt, say: Say = lambda _: None
) -> Iterator[SoakRun]:
    """Attempts each schedule, and shrinks those that fail."""
    for seed, schedule in schedules:
        say(f"seed {seed}: {'; '.join(map(str, schedule))}")
        result = attempt(seed, schedule)
        if not result.passed:
            result = _shrunk(result, schedule, attempt, say)
        yield result


def _shrunk(result: SoakRun, schedule: Schedule, attempt: Attempt, say: Say) -> SoakRun:
    def fails(smaller: Schedule) -> bool:
        say(f"shrinking seed {result.seed}: {'; '.join(map(str, smaller)) or 'no fault'}")
        return not attempt(result.seed, smaller).passed

    found = shrink(schedule, fails)
    say(f"smallest that fails: {'; '.join(map(str, found.schedule)) or 'no fault at all'}")
    return replace(result, smallest=tuple(window.to_json() for window in found.schedule), tries=found.tries)


@dataclass
class Bench:
    """Where the schedules are attempted, each with a producer, a record and a type of event of its own.

    Attributes:
        run: The run.
        site: What is broken.
        span: Seconds of load.
        say: Told what happens.
    """

    run: RunDirectory
    site: Site
    span: float
    say: Say
    _numbers: Iterator[int] = field(default_factory=count)

    def attempt(self, seed: int, schedule: Schedule) -> SoakRun:
        """Sends events under a schedule and checks every one."""
        began = time.monotonic()
        name = f"{seed}.{next(self._numbers)}"
        try:
            outcome = self._trial(name, seed, schedule)
        except IsthmusError as error:
            seconds = round(time.monotonic() - began, 1)
            return SoakRun(seed, tuple(map(str, schedule)), problem=str(error), seconds=seconds)
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

    def _trial(self, name: str, seed: int, schedule: Schedule) -> Outcome:
        folder = self.run.root / "soak" / name
        folder.mkdir(parents=True)
        config = publisher_config(self.run, self.site.endpoints, self.site.clock.now_ns)
        breaker = Breaker(self.site)
        try:
            return run_trial(
                Trial(schedule, EVENTS_PER_SECOND, prefix=f"{keys.EVENTS}type={TYPE}.{name}/"),
                events(seed, round(EVENTS_PER_SECOND * self.span), f"{TYPE}.{name}"),
                replace(config, spool_path=folder / "spool.sqlite"),
                folder / "record.ndjson",
                archives(self.site.endpoints),
                breaker,
                self.say,
            )
        finally:
            breaker.heal()


def events(seed: int, count: int, type_: str) -> Iterator[bytes]:
    """Yields events whose identities tell their seed and place."""
    for number in range(count):
        data = hashlib.sha256(f"{seed}-{number}".encode()).hexdigest()
        event = {
            "specversion": "1.0",
            "id": f"{seed}-{number}",
            "source": f"/soak/{number % 7}",
            "type": type_,
            "data": {"seed": seed, "number": number, "digest": data},
        }
        yield json.dumps(event, separators=(",", ":")).encode()
