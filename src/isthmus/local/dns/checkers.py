"""Health checkers: each of a provider's regions asks an endpoint by itself, and the provider makes a verdict of it."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import httpx

from isthmus.core.failover import Checks, Opinion
from isthmus.local.dns.clock import FastClock
from isthmus.local.dns.zones import Probe

PASSES = range(200, 400)
"""Status codes that pass at Route 53. Cloud DNS wants 200 alone; /readyz answers 200 or 503, so both agree."""
LATE = "no answer in time"
PROBES_KEPT = 5
CHANGES_KEPT = 200

_GOLDEN = (5**0.5 - 1) / 2

Locate = Callable[[str], str | None]
"""The base URL of the ingest of this run that stands behind an address."""


@dataclass(frozen=True)
class Probed:
    """One probe: when it ended (seconds since the epoch), whether it passed, how long it took, what was wrong."""

    at: float
    passed: bool
    milliseconds: float
    why: str


@dataclass
class Checker:
    """One region's view of an endpoint; the newest probe is the last."""

    region: str
    opinion: Opinion = field(default_factory=Opinion)
    probes: list[Probed] = field(default_factory=list)

    def note(self, probe: Probe, probed: Probed) -> None:
        """Takes one more probe into account."""
        self.opinion = self.opinion.after(probed.passed, probe.checks)
        self.probes = [*self.probes[1 - PROBES_KEPT :], probed]


@dataclass(frozen=True)
class Change:
    """A verdict that changed: when (seconds since the epoch), of which probe, to what."""

    at: float
    key: str
    address: str
    healthy: bool


def phase(number: int) -> float:
    """The part of an interval after which a checker begins: a provider's don't coordinate, so not evenly spread."""
    return number * _GOLDEN % 1


def worst_regions(checks: Checks) -> list[str]:
    """The regions, first the one after whose probe an outage stays unseen for longest."""
    phases = [phase(number) for number in range(len(checks.regions))]
    deciding = len(phases) - checks.healthy_min

    def unseen(number: int) -> float:
        # Its own next probe is a whole interval away.
        return sorted((other - phases[number]) % 1 or 1.0 for other in phases)[deciding]

    return [checks.regions[number] for number in sorted(range(len(phases)), key=unseen, reverse=True)]


class Checkers:
    """All checkers of both providers.

    Args:
        clock: What their intervals run by.
        locate: Finds the ingest behind an address.

    Attributes:
        changes: The newest changes of verdicts, the last is the newest.
    """

    def __init__(self, clock: FastClock, locate: Locate) -> None:
        self.changes: list[Change] = []
        self._clock = clock
        self._locate = locate
        # Checkers that ask the same at the same time share a request: the local Lambda starts a process, a second or
        # two of a core, for each call that runs beside another.
        self._under_way: dict[tuple[str, float, float], asyncio.Task[str]] = {}
        # A new connection for each probe, as the providers make one.
        self._http = httpx.AsyncClient(trust_env=False, limits=httpx.Limits(max_keepalive_connections=0))
        self._tasks: dict[Probe, list[asyncio.Task[None]]] = {}
        self._checkers: dict[Probe, list[Checker]] = {}

    def watch(self, probes: Iterable[Probe]) -> None:
        """Probes these from now on and no others; what was probed already keeps its history."""
        wanted = list(dict.fromkeys(probes))
        for gone in [probe for probe in self._tasks if probe not in wanted]:
            for task in self._tasks.pop(gone):
                task.cancel()
            del self._checkers[gone]
        for probe in wanted:
            if probe not in self._tasks:
                checkers = [Checker(region) for region in probe.checks.regions]
                self._checkers[probe] = checkers
                self._tasks[probe] = [
                    asyncio.create_task(self._check(probe, checker, phase(number)))
                    for number, checker in enumerate(checkers)
                ]

    async def close(self) -> None:
        """Stops probing."""
        tasks: list[asyncio.Task[Any]] = [task for tasks in self._tasks.values() for task in tasks]
        tasks += self._under_way.values()
        self.watch(())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._http.aclose()

    def health(self) -> dict[str, bool]:
        """Each endpoint's verdict by the key of its probe."""
        return {probe.key: _healthy(probe, checkers) for probe, checkers in self._checkers.items()}

    def facts(self, probe: Probe) -> dict[str, Any]:
        """An endpoint as its checkers see it, as JSON values."""
        checkers = self._checkers.get(probe, [])
        return {
            "key": probe.key,
            "address": probe.address,
            "url": (self._locate(probe.address) or "") + probe.path,
            "healthy": _healthy(probe, checkers),
            "healthy_checkers": sum(checker.opinion.healthy for checker in checkers),
            "healthy_min": probe.checks.healthy_min,
            "interval_seconds": probe.checks.interval_seconds,
            "failures": probe.checks.failures,
            "successes": probe.checks.successes,
            "checkers": [
                {
                    "region": checker.region,
                    "healthy": checker.opinion.healthy,
                    "against": checker.opinion.against,
                    "probes": [probed.__dict__ for probed in checker.probes],
                }
                for checker in checkers
            ],
        }

    async def _check(self, probe: Probe, checker: Checker, part: float) -> None:
        """Asks again and again, beginning at the checker's phase.

        An address that no ingest of this run has is not asked: it is one for documentation, where nobody answers.
        """
        checks = probe.checks
        await self._clock.sleep(part * checks.interval_seconds)
        while True:
            began = time.monotonic()
            if self._locate(probe.address) is not None:
                self._note(probe, checker, await self._ask(probe))
            # Both ways of counting are of the fast clock: what passed while asking passed faster, too.
            taken = 0.0 if checks.from_answer else (time.monotonic() - began) * self._clock.speed
            await self._clock.sleep(max(0.0, checks.interval_seconds - taken))

    def _note(self, probe: Probe, checker: Checker, probed: Probed) -> None:
        before = _healthy(probe, self._checkers[probe])
        checker.note(probe, probed)
        healthy = _healthy(probe, self._checkers[probe])
        if healthy != before:
            change = Change(probed.at, probe.key, probe.address, healthy)
            self.changes = [*self.changes[1 - CHANGES_KEPT :], change]

    async def _ask(self, probe: Probe) -> Probed:
        began = time.monotonic()
        why = await self._problem(probe)
        return Probed(time.time(), not why, round((time.monotonic() - began) * 1000, 1), why)

    async def _problem(self, probe: Probe) -> str:
        """Why the endpoint fails a probe; "" when it passes."""
        base = self._locate(probe.address) or ""
        connect = self._clock.wait_seconds(probe.checks.connect_seconds)
        answer = self._clock.wait_seconds(probe.checks.answer_seconds)
        began = time.monotonic()
        why = await self._shared(base + probe.path, connect, answer)
        left = began + answer - time.monotonic()
        if why != LATE or left <= 0:
            return why
        # It joined a request that others had begun before: it waits for an answer as long as it would have alone.
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(left):
                return await self._shared(base + probe.path, connect, answer)
        return LATE

    async def _shared(self, url: str, connect_seconds: float, answer_seconds: float) -> str:
        """The outcome of the request that is under way, or else of a new one."""
        key = (url, connect_seconds, answer_seconds)
        task = self._under_way.get(key)
        # One that has just ended is here until the loop's next turn: its answer is of before this probe began.
        if task is None or task.done():
            task = self._under_way[key] = asyncio.create_task(self._get(*key))
            task.add_done_callback(lambda done: self._forget(key, done))
        return await asyncio.shield(task)

    def _forget(self, key: tuple[str, float, float], done: asyncio.Task[str]) -> None:
        if self._under_way.get(key) is done:
            del self._under_way[key]

    async def _get(self, url: str, connect_seconds: float, answer_seconds: float) -> str:
        timeout = httpx.Timeout(connect=connect_seconds, read=answer_seconds, write=answer_seconds, pool=None)
        try:
            answer = await self._http.get(url, timeout=timeout)
        except httpx.TimeoutException:
            return LATE
        except httpx.HTTPError as error:
            return str(error) or type(error).__name__
        return "" if answer.status_code in PASSES else f"HTTP {answer.status_code}"


def _healthy(probe: Probe, checkers: list[Checker]) -> bool:
    return sum(checker.opinion.healthy for checker in checkers) >= probe.checks.healthy_min
