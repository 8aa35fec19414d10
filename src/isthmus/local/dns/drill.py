"""The drill: cuts a cloud off, watches real resolvers until none is sent there, heals, and watches it come back.

Each phase begins right after a probe of another checker has passed, which is the worst moment for that provider. All
seconds of the results are the providers': real seconds times the speed of the clock.
"""

from __future__ import annotations

import asyncio
import contextlib
import signal
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from isthmus.core.errors import ConfigurationError, Unavailable
from isthmus.core.failover import Checks, Failure, Rto, worst_back, worst_out
from isthmus.local.dns import edge
from isthmus.local.dns.checkers import worst_regions
from isthmus.local.dns.clock import SPEED_MAX, WAIT_SECONDS_MIN
from isthmus.local.dns.resolvers import Resolver, fleet
from isthmus.local.dns.views import Dns, Provider, endpoints, providers
from isthmus.local.links import links_of
from isthmus.local.network import Network
from isthmus.local.proxy.faults import Fault
from isthmus.local.rundir import RunDirectory

LABEL = "failover-drill"
RESOLVERS = 100
"""Of each provider. Their answers run out one after the other, so one of them has nearly the worst luck."""
LOOK_SECONDS = 0.02
TOLERANCE = 0.10
"""How far the worst that was measured may be from the worst that was calculated."""
FAILURES: Mapping[str, Failure] = {"refuse": "refuse", "hang": "hang"}
Say = Callable[[str], None]


@dataclass(frozen=True)
class Measured:
    """One provider in one phase, in seconds of its clock.

    Attributes:
        detected: From the outage to the verdict.
        out: From the outage until no resolver hands out the cloud any more.
        back: From the healing to the first answer that names the cloud again.
    """

    detected: float
    out: float
    back: float


@dataclass(frozen=True)
class Phase:
    """One outage: the provider and the region whose probe had just passed, and what was measured at each."""

    provider: str
    region: str
    measured: Mapping[str, Measured]


@dataclass(frozen=True)
class Verdict:
    """A provider over all phases: the worst measured beside the worst calculated.

    Attributes:
        aimed: Whether a phase began at its worst moment.
    """

    provider: str
    measured_out: float
    calculated_out: Rto
    measured_back: float
    calculated_back: Rto
    aimed: bool

    @property
    def ratio(self) -> float:
        """The worst measured to the worst calculated."""
        return self.measured_out / self.calculated_out.total_seconds

    @property
    def holds(self) -> bool:
        """Whether the calculator tells the truth: never exceeded, and reached where the worst was tried."""
        return self.ratio <= 1 + TOLERANCE and (self.ratio >= 1 - TOLERANCE or not self.aimed)


@dataclass(frozen=True)
class Drill:
    """A whole drill."""

    cloud: str
    how: str
    speed: float
    ttl: int
    resolvers: int
    phases: tuple[Phase, ...]
    verdicts: tuple[Verdict, ...]


def run_drill(
    run: RunDirectory, cloud: str, *, how: str = "refuse", speed: float = 20.0, phases: int = 2, say: Say
) -> Drill:
    """Runs a drill on a cloud; whatever ends it, what it broke is healed.

    Raises:
        ConfigurationError: The arguments can't be meant.
        Unavailable: Something is broken already, so nothing could be measured.
    """
    if how not in FAILURES:
        raise ConfigurationError(f"a drill can't break by {how}", fix=f"choose one of: {', '.join(FAILURES)}")
    if not 1 <= speed <= SPEED_MAX:
        raise ConfigurationError(f"speed is {speed:g}", fix=f"choose 1 to {SPEED_MAX:g}")
    made = edge.ensure(run, say)
    if not made.weights.get(cloud):
        raise ConfigurationError(
            f"{cloud} has no weight, so no answer names it",
            where="isthmus failover",
            fix="run `isthmus failover restore`",
        )
    drill = _Drill(run, cloud, how, speed, list(made.addresses[cloud]), say)
    try:
        return asyncio.run(drill.run(phases))
    except asyncio.CancelledError:  # SIGTERM: it has healed, and ends as if by Ctrl-C
        raise KeyboardInterrupt from None


class _Drill:
    def __init__(self, run: RunDirectory, cloud: str, how: str, speed: float, addresses: list[str], say: Say) -> None:
        self._cloud, self._how, self._speed, self._say = cloud, how, speed, say
        self._addresses = addresses
        self._dns = Dns(run)
        self._proxy = Network.of(run).proxy
        self._providers = providers(run)
        self._ttl = max(one.ingest.ttl for one in self._providers.values())

    async def run(self, count: int) -> Drill:
        task = asyncio.current_task()
        if task is not None:
            asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
        done = []
        try:
            async with contextlib.AsyncExitStack() as stack:
                fleets = {
                    name: await stack.enter_async_context(self._fleet(one)) for name, one in self._providers.items()
                }
                await self._steady(fleets)
                for number in range(count):
                    done.append(await self._phase(number, fleets))
        finally:
            self._proxy.clear(LABEL)
            self._dns.run_at(1, 1)
        verdicts = tuple(self._verdict(one, done) for one in self._providers.values())
        return Drill(self._cloud, self._how, self._speed, self._ttl, RESOLVERS, tuple(done), verdicts)

    @contextlib.asynccontextmanager
    async def _fleet(self, provider: Provider) -> AsyncIterator[Sequence[Resolver]]:
        name, ttl = provider.ingest.name, provider.ingest.ttl
        async with fleet(provider.port, name, ttl, self._speed, RESOLVERS) as resolvers:
            yield resolvers

    async def _steady(self, fleets: Mapping[str, Sequence[Resolver]]) -> None:
        """Waits until every checker has asked and is content, and every resolver has an answer."""
        self._say(f"the clock of the health checks runs {self._speed:g} times as fast for the time of the drill")
        limit = 3 * max(self._worst(one, worst_back).total_seconds for one in self._providers.values())
        self._lease(limit)

        def steady(status: Mapping[str, Any]) -> bool:
            authorities = status["authorities"].values()
            checkers = [one for authority in authorities for end in authority["endpoints"] for one in end["checkers"]]
            content = all(one["healthy"] and one["probes"] and one["probes"][-1]["passed"] for one in checkers)
            full = all(resolver.now() for resolvers in fleets.values() for resolver in resolvers)
            return bool(checkers) and content and full and not any(one["outage"] for one in authorities)

        fix = "see `isthmus failover status`; on a busy machine a slower clock helps: --speed 5"
        await self._until(steady, limit, "not every probe passes, so a drill would measure something else", fix)

    async def _phase(self, number: int, fleets: Mapping[str, Sequence[Resolver]]) -> Phase:
        """One outage from its worst moment on."""
        aimed = list(self._providers.values())[number % len(self._providers)]
        regions = worst_regions(aimed.probes(self._addresses)[0].checks)
        region = regions[number // len(self._providers) % len(regions)]
        limit = 3 * max(self._worst(one, worst_out).total_seconds for one in self._providers.values())
        self._lease(2 * limit)
        await self._after_a_probe(aimed.cloud, region)
        self._proxy.set(links_of(self._cloud), [Fault.parse(self._how)], label=LABEL)
        broken = time.time()
        self._say(f"phase {number + 1}: {self._cloud} is cut off, right after a probe of {aimed.name} from {region}")
        await self._until(lambda status: self._all_out(fleets), limit, f"{self._cloud} stays in the answers")
        self._proxy.clear(LABEL)
        healed = time.time()
        self._say(f"phase {number + 1}: no resolver is sent to {self._cloud}; healed")
        await self._until(
            lambda status: self._all_back(status, fleets, healed), limit, f"{self._cloud} doesn't come back"
        )
        changes = self._dns.status()["changes"]
        measured = {name: self._measure(name, fleets[name], changes, broken, healed) for name in self._providers}
        return Phase(aimed.cloud, region, measured)

    async def _after_a_probe(self, provider: str, region: str) -> None:
        """Waits until this checker's next probe has passed."""
        before = time.time()

        def probed(status: Mapping[str, Any]) -> bool:
            found = endpoints(status, provider, self._addresses)[-1]
            (checker,) = (one for one in found["checkers"] if one["region"] == region)
            last = checker["probes"][-1]
            return bool(last["at"] > before and last["passed"])

        interval = self._providers[provider].probes(self._addresses)[0].checks.interval_seconds
        await self._until(probed, 5 * interval, f"no probe from {region} passes")

    def _all_out(self, fleets: Mapping[str, Sequence[Resolver]]) -> bool:
        return not any(self._names(resolver) for resolvers in fleets.values() for resolver in resolvers)

    def _all_back(self, status: Mapping[str, Any], fleets: Mapping[str, Sequence[Resolver]], healed: float) -> bool:
        """Both verdicts are good, and a resolver of each provider has been given the cloud since."""
        good = all(one["healthy"] for name in self._providers for one in endpoints(status, name, self._addresses))
        return good and all(self._first_back(resolvers, healed) for resolvers in fleets.values())

    def _names(self, resolver: Resolver) -> bool:
        held = resolver.now()
        return held is not None and bool(set(held.addresses) & set(self._addresses))

    def _first_back(self, resolvers: Sequence[Resolver], healed: float) -> float:
        """When the cloud was first handed out again; 0 while it was not."""
        times = [
            held.since
            for resolver in resolvers
            for held in resolver.history
            if held.since > healed and set(held.addresses) & set(self._addresses)
        ]
        return min(times, default=0.0)

    def _measure(
        self,
        name: str,
        resolvers: Sequence[Resolver],
        changes: Sequence[Mapping[str, Any]],
        broken: float,
        healed: float,
    ) -> Measured:
        keys = {probe.key for probe in self._providers[name].probes(self._addresses)}
        # The cloud is out with the last of its addresses.
        bad = [
            one["at"] for one in changes if one["key"] in keys and not one["healthy"] and broken < one["at"] < healed
        ]
        last = [
            held.until
            for resolver in resolvers
            for held in resolver.history
            if held.since < healed and set(held.addresses) & set(self._addresses)
        ]
        return Measured(
            round((max(bad, default=broken) - broken) * self._speed, 1),
            round((max(last, default=broken) - broken) * self._speed, 1),
            round((self._first_back(resolvers, healed) - healed) * self._speed, 1),
        )

    def _verdict(self, provider: Provider, done: Sequence[Phase]) -> Verdict:
        measured = [phase.measured[provider.cloud] for phase in done]
        return Verdict(
            provider.name,
            max(one.out for one in measured),
            self._worst(provider, worst_out),
            max(one.back for one in measured),
            self._worst(provider, worst_back),
            any(phase.provider == provider.cloud for phase in done),
        )

    def _worst(self, provider: Provider, calculate: Callable[..., Rto]) -> Rto:
        checks = at_speed(provider.probes(self._addresses)[0].checks, self._speed)
        return calculate(checks, provider.ingest.ttl, failure=FAILURES[self._how])

    def _lease(self, seconds: float) -> None:
        self._dns.run_at(self._speed, min(3600.0, seconds / self._speed + 30))

    async def _until(
        self,
        condition: Callable[[Mapping[str, Any]], bool],
        seconds: float,
        otherwise: str,
        fix: str = "see `isthmus failover status`",
    ) -> None:
        """Looks until the condition holds, so many seconds of the fast clock at most."""
        deadline = time.monotonic() + seconds / self._speed + 10
        while not condition(await asyncio.to_thread(self._dns.status)):
            if time.monotonic() > deadline:
                raise Unavailable(otherwise, where="isthmus failover drill", fix=fix)
            await asyncio.sleep(LOOK_SECONDS)


def at_speed(checks: Checks, speed: float) -> Checks:
    """The checks as a fast clock runs them: it makes no endpoint faster, so a probe waits a real second at least."""
    connect, answer = (
        max(seconds, min(seconds, WAIT_SECONDS_MIN) * speed)
        for seconds in (checks.connect_seconds, checks.answer_seconds)
    )
    return replace(checks, connect_seconds=connect, answer_seconds=answer)
