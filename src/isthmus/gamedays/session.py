"""The session of a game day: what its actions act on and its probes look at, from the first to the last."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable
from pathlib import Path

from isthmus.core import keys
from isthmus.core.errors import ConfigurationError, IsthmusError
from isthmus.gamedays import checker, hands
from isthmus.gamedays.breaker import Breaker
from isthmus.gamedays.checker import Verdict
from isthmus.gamedays.faults import Fault
from isthmus.gamedays.lookups import Lookups
from isthmus.gamedays.site import Site
from isthmus.gamedays.timeline import Moment, Sampler, Timeline
from isthmus.gamedays.traffic import Pace, Traffic
from isthmus.gamedays.trial import await_whole
from isthmus.local import readiness
from isthmus.local.archives import archives
from isthmus.local.dns import edge
from isthmus.local.dns.views import providers
from isthmus.local.state import look
from isthmus.publisher import Stats

TYPE = "com.example.gameday"
READY_SECONDS = 10.0

Say = Callable[[str], None]


class Session:
    """One scenario's run on a site.

    Args:
        site: Where.
        folder: Where its evidence goes; it exists.
        say: Told what happens.
    """

    def __init__(self, site: Site, folder: Path, say: Say = lambda _: None) -> None:
        self.site = site
        self.folder = folder
        self.timeline = Timeline()
        self.breaker = Breaker(site)
        self.traffic: Traffic | None = None
        self.lookups: Lookups | None = None
        self.verdict: Verdict | None = None
        self.whole_at: float | None = None
        self.left = 0
        self._say = say
        self._type = f"{TYPE}.{uuid.uuid4().hex[:12]}"
        self._stopping = threading.Event()
        self._buckets = archives(site.endpoints)
        self._sampler = Sampler(site, self.timeline, self._stats)
        self._sampler.start()

    def start_traffic(self, events_per_second: float, types: int, spool_after: float, linger: float) -> str:
        """Starts the producer."""
        if self.traffic is not None:
            raise ConfigurationError("the scenario starts traffic twice")
        self.traffic = Traffic(self.site, Pace(events_per_second, types, spool_after, linger), self._type, self.folder)
        return self._tell(f"sending {events_per_second:,.0f} events a second to both ingests")

    def start_lookups(self, every_seconds: float) -> str:
        """Starts the resolver, on the zones that the edge's Terraform makes."""
        if self.lookups is not None:
            raise ConfigurationError("the scenario starts lookups twice")
        edge.ensure(self.site.run, self._say)
        found = providers(self.site.run)
        self.lookups = Lookups(found, every_seconds)
        name = next(iter(found.values())).ingest.name
        return self._tell(f"looking {name} up every {every_seconds:g} s")

    def stop_traffic(self, flush_seconds: float) -> str:
        """Stops it."""
        self.left = self._producer().stop(flush_seconds)
        if self.lookups:
            self.lookups.stop()
        stats = self._producer().sent.stats
        left = f", {self.left:,} left" if self.left else ""
        return self._tell(f"{stats.accepted:,} of {stats.sent:,} events acknowledged{left}")

    def await_whole(self, seconds: float) -> str:
        """Waits for both archives, and has the checker read them."""
        self._producer()
        prefix = f"{keys.EVENTS}type={self._type}."
        self.verdict = await_whole(self.folder / "record.ndjson", self._buckets, seconds, self._say, prefix=prefix)
        if not self.verdict.is_whole:
            return self._tell(f"the archives are not whole after {seconds:g} s")
        # When the last object came, not when the last byte had been read again.
        self.whole_at = max(0.0, self.timeline.at_ms(self.verdict.last_stored_ms))
        self.timeline.moments.append(Moment(self.whole_at, "whole", "both archives are whole"))
        return self._tell(f"both archives hold all {self.verdict.acknowledged:,} events")

    def wait(self, seconds: float) -> str:
        """Waits, unless the session ends meanwhile."""
        self._stopping.wait(seconds)
        return f"waited {seconds:g} s"

    def begin(self, fault: Fault) -> str:
        """Breaks something until it is healed."""
        label = f"gameday-{len(self.timeline.bands)}"
        self.timeline.begin(label, str(fault))
        self.breaker.begin(fault, label)
        return self._tell(f"broken: {fault}")

    def heal(self) -> str:
        """Heals all that the scenario broke."""
        opened = self.breaker.open
        try:
            healed = self.breaker.heal()
        finally:
            left = {one.label for one in self.breaker.open}
            for one in opened:
                if one.label not in left:
                    self.timeline.end(one.label)
        return self._tell(f"healed: {', '.join(map(str, healed))}" if healed else "nothing was broken")

    def close(self) -> None:
        """Heals, stops the producer and the sampling; may be called from wherever it ends.

        Raises:
            IsthmusError: Something can't be healed; it stays written down for the next command.
        """
        self._stopping.set()
        try:
            if self.breaker.open:
                self.heal()
        finally:
            if self.traffic:
                self.traffic.close()
            if self.lookups:
                self.lookups.stop()
            self._sampler.stop()

    def ingests_ready(self) -> bool:
        """Whether both ingests are, through the proxies."""
        try:
            readiness.await_ingests(self.site.endpoints.ingests, READY_SECONDS)
        except IsthmusError as error:
            self._tell(str(error))
            return False
        return True

    def archives_agree(self) -> bool:
        """Whether both list the same."""
        return checker.keys_agree(self._buckets)

    def nothing_broken(self) -> bool:
        """Whether all parts are up and no link is broken."""
        state = look(self.site.run)
        return state.level == "up" and not state.broken

    def dead_letters(self) -> int:
        """In all queues together."""
        return sum(count for name, count in hands.depths(self.site).items() if name.endswith("-dlq"))

    def backlog(self, cloud: str, consumer: str) -> int:
        """In one queue."""
        return hands.depths(self.site)[f"{cloud}/{consumer}"]

    def _producer(self) -> Traffic:
        if self.traffic is None:
            raise ConfigurationError("the scenario has not started traffic yet")
        return self.traffic

    def _stats(self) -> Stats | None:
        return self.traffic.stats() if self.traffic else None

    def _tell(self, text: str) -> str:
        self.timeline.tell("step", text)
        self._say(text)
        return text


_current: list[Session] = []


def enter(session: Session) -> None:
    """Makes a session the one that actions and probes are about."""
    _current.append(session)


def leave() -> None:
    """Ends that."""
    _current.clear()


def current() -> Session:
    """The session that is open.

    Raises:
        ConfigurationError: None is; `isthmus gameday run` opens one.
    """
    if not _current:
        raise ConfigurationError("no game day is open", fix="run the scenario with `isthmus gameday run`")
    return _current[-1]
