"""What happened when: samples at a steady pace, and moments as they come."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from isthmus.core.errors import IsthmusError
from isthmus.gamedays import hands
from isthmus.gamedays.site import Site
from isthmus.publisher import Stats

SAMPLE_SECONDS = 0.25
DEPTH_SECONDS = 0.5


@dataclass(frozen=True)
class Sample:
    """The state at a moment.

    Attributes:
        at: Seconds since the start.
        accepted: Events that each cloud has acknowledged so far.
        repeated: Requests that had to be made again, so far.
        spooled: Events in the producer's spool.
        depths: Messages by "cloud/consumer" and "cloud/consumer-dlq"; those last known while a cloud doesn't say.
    """

    at: float
    accepted: dict[str, int]
    repeated: int
    spooled: int
    depths: dict[str, int]


@dataclass
class Band:
    """A fault in time.

    Attributes:
        label: What it was set under.
        text: What it was.
        start: When it began, seconds since the start.
        end: When it ended; None while it lasts.
    """

    label: str
    text: str
    start: float
    end: float | None = None


@dataclass(frozen=True)
class Moment:
    """Something that happened.

    Attributes:
        at: Seconds since the start.
        kind: `failover`, `out`, `back`, `spool`, `step` or `whole`.
        text: What.
    """

    at: float
    kind: str
    text: str


@dataclass
class Timeline:
    """Samples, bands and moments of a game day.

    Attributes:
        began: The start, monotonic seconds.
        began_ms: The same, Unix milliseconds.
    """

    began: float = field(default_factory=time.monotonic)
    began_ms: int = field(default_factory=lambda: time.time_ns() // 1_000_000)
    samples: list[Sample] = field(default_factory=list)
    bands: list[Band] = field(default_factory=list)
    moments: list[Moment] = field(default_factory=list)

    def now(self) -> float:
        """Seconds since the start."""
        return round(time.monotonic() - self.began, 3)

    def at_ms(self, unix_ms: int) -> float:
        """Seconds since the start of a wall clock's time."""
        return round((unix_ms - self.began_ms) / 1000, 3)

    def tell(self, kind: str, text: str) -> None:
        """Notes a moment: now."""
        self.moments.append(Moment(self.now(), kind, text))

    def begin(self, label: str, text: str) -> None:
        """Notes that a fault begins."""
        self.bands.append(Band(label, text, self.now()))

    def end(self, label: str) -> None:
        """Notes that it has ended."""
        for band in self.bands:
            if band.label == label and band.end is None:
                band.end = self.now()

    @property
    def last_end(self) -> float | None:
        """When the last fault ended; None while one lasts, or where there was none."""
        ends = [band.end for band in self.bands]
        return None if not ends or None in ends else max(end for end in ends if end is not None)


class Sampler:
    """Fills a timeline while the `with` block lasts.

    Args:
        site: Whose queues are looked at.
        timeline: What is filled.
        stats: The publisher's figures, None while there is none.
    """

    def __init__(self, site: Site, timeline: Timeline, stats: Callable[[], Stats | None]) -> None:
        self._site = site
        self._timeline = timeline
        self._stats = stats
        self._depths: dict[str, int] = {}
        self._before = Stats()
        self._stop = threading.Event()
        # Apart, since a frozen cloud answers nothing for seconds.
        self._threads = [
            threading.Thread(target=run, name="isthmus-sampler", daemon=True) for run in (self._sample, self._look)
        ]

    def start(self) -> None:
        """Begins."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Ends, with a last sample."""
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def _sample(self) -> None:
        over = False
        while not over:
            over = self._stop.wait(SAMPLE_SECONDS)
            stats = self._stats() or Stats()
            self._notice(stats)
            self._timeline.samples.append(
                Sample(self._timeline.now(), dict(stats.accepted_by), stats.retries, stats.spooled, dict(self._depths))
            )

    def _notice(self, now: Stats) -> None:
        before, self._before = self._before, now
        for cloud in now.out.keys() - before.out.keys():
            self._timeline.tell("out", f"the publisher leaves {cloud} alone: {now.out[cloud]}")
        for cloud in before.out.keys() - now.out.keys():
            self._timeline.tell("back", f"the publisher uses {cloud} again")
        if now.failovers > before.failovers:
            count = now.failovers - before.failovers
            self._timeline.tell("failover", f"{count} batch{'es' * (count > 1)} taken by the other cloud")
        if now.spooled and not before.spooled:
            self._timeline.tell("spool", "the producer begins to keep events on its disk")
        if before.spooled and not now.spooled:
            self._timeline.tell("spool", "the producer's disk is empty again")

    def _look(self) -> None:
        with ThreadPoolExecutor(1) as pool:
            while not self._stop.wait(DEPTH_SECONDS):
                with contextlib.suppress(IsthmusError):
                    self._depths = pool.submit(hands.depths, self._site).result()
