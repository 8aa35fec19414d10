"""The balance of two archives: what each has hour by hour, and what is missing or corrupt, found by listing.

A listing tells keys and sizes, on Cloud Storage checksums and numbers of events, too. S3 lists neither: `learn` asks it
once for each object (HeadObject, which tells both), and `Known` remembers. Of an object that both have alike, the
number of events that either tells counts for both.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import reduce
from itertools import islice
from operator import add

from isthmus.archive.cache import bucket_name
from isthmus.archive.known import DAY_MS, SETTLED_DAYS, Known, Run
from isthmus.archive.learning import Learner
from isthmus.core import keys
from isthmus.core.frames import Cloud
from isthmus.core.ledger import BLOCK_OBJECTS, Chunk, Entry, Findings, chunks, findings
from isthmus.core.ports import Bucket
from isthmus.core.tally import Hour, Summary, Tally, without_strangers

PREFIXES = (keys.EVENTS, keys.QUARANTINE)
"""What both archives must have alike, in the order of keys. Other prefixes are one cloud's own."""

MAX_NAMED = 1000
"""Keys of each kind of finding that are named; the others are counted. Ours: so that no archive fills the memory."""

GRACE_SECONDS = 60.0
"""An object that one archive lacks is on its way for so long, to metrics, the console and the clouds' ledgers alike."""

LAG_WINDOW_MS = 3_600_000
"""How far back the lag looks."""


@dataclass
class Lack:
    """What one side lacks.

    Attributes:
        objects: How many the other side has and this one doesn't.
        oldest_ms: When the oldest of them was accepted, Unix milliseconds; None when nothing is missing.
        named: The first of their keys.
    """

    objects: int = 0
    oldest_ms: int | None = None
    named: list[str] = field(default_factory=list)

    def add(self, entries: Iterable[Entry]) -> None:
        """Adds objects."""
        for entry in entries:
            accepted = keys.accepted_ms(entry.key)
            self.objects += 1
            self.oldest_ms = accepted if self.oldest_ms is None else min(self.oldest_ms, accepted)
            if len(self.named) < MAX_NAMED:
                self.named.append(entry.key)


@dataclass
class Balance:
    """What two archives have, and how they differ.

    Attributes:
        clouds: Whose archives: the left and the right one.
        at_ms: When the listing began, Unix milliseconds.
        hours: Every hour of every type.
        lacks: What the left side lacks, and what the right one lacks; what is in flight is not in it.
        in_flight: Objects that one side lacks and that were accepted within the grace: they may be on their way.
        corrupt: How many objects have the same key and other contents.
        corrupt_named: The first of their keys.
        lag_ms: For each side the longest time from accepting a frame to storing it, of the last hour's; None if none.
        strangers: Objects that are not the archive's and were left out.
        kept: Hours that were not listed, since they can't change.
    """

    clouds: tuple[Cloud, Cloud]
    at_ms: int
    hours: list[Hour] = field(default_factory=list)
    lacks: tuple[Lack, Lack] = field(default_factory=lambda: (Lack(), Lack()))
    in_flight: int = 0
    corrupt: int = 0
    corrupt_named: list[str] = field(default_factory=list)
    lag_ms: list[int | None] = field(default_factory=lambda: [None, None])
    strangers: int = 0
    kept: int = 0

    @property
    def is_whole(self) -> bool:
        """Whether both hold the same, but for what is in flight."""
        return not (self.corrupt or self.missing)

    @property
    def missing(self) -> int:
        """Objects that one of them lacks."""
        return self.lacks[0].objects + self.lacks[1].objects

    @property
    def rpo_seconds(self) -> float:
        """The age of the oldest missing object: what the loss of a cloud now would cost. 0 when nothing is missing."""
        oldest = [lack.oldest_ms for lack in self.lacks if lack.oldest_ms is not None]
        return max(0.0, (self.at_ms - min(oldest)) / 1000) if oldest else 0.0

    def totals(self) -> tuple[Summary, Summary]:
        """Both sides, all hours together."""
        return (
            reduce(add, (hour.left for hour in self.hours), Summary()),
            reduce(add, (hour.right for hour in self.hours), Summary()),
        )


@dataclass(frozen=True)
class Rules:
    """How a balance is drawn up.

    Attributes:
        prefixes: What to list, in the order of keys.
        learn: Whether to ask for what the listings don't tell.
        fresh: Whether to list the days that can't change, too.
        grace_seconds: Objects that are missing and younger are in flight.
        settled_days: Age of a day from which it can't change.
        since: Where to begin below each prefix, `date=…/hour=…/`; everything without it.
        clock_ms: Unix milliseconds.
    """

    prefixes: Sequence[str] = PREFIXES
    learn: bool = False
    fresh: bool = False
    grace_seconds: float = 0.0
    settled_days: int = SETTLED_DAYS
    since: str = ""
    clock_ms: Callable[[], int] = lambda: time.time_ns() // 1_000_000


Progress = Callable[[int], None]
"""Called with how many objects were compared."""


def reckon(
    left: Bucket,
    right: Bucket,
    rules: Rules | None = None,
    *,
    known: Known | None = None,
    progress: Progress | None = None,
) -> Balance:
    """Draws up the balance of two archives, in memory that doesn't grow with the number of objects.

    Args:
        left: By custom the one on AWS.
        right: By custom the one on Google Cloud.
        rules: How.
        known: What was learnt before.
        progress: Is told how far it is.

    Raises:
        Unavailable: when either can't be listed: what it has is not known then.
    """
    reckoning = Reckoning(left, right, rules or Rules(), known)
    done = 0
    for chunk, _ in reckoning.walk():
        done += max(len(chunk.left), len(chunk.right))
        if progress:
            progress(done)
    return reckoning.balance


class Reckoning:
    """A balance while it is drawn up; for who wants to see every finding, not only the first ones."""

    def __init__(self, left: Bucket, right: Bucket, rules: Rules, known: Known | None = None) -> None:
        self._buckets = (left, right)
        self._rules = rules
        self._known = known or Known(":memory:")
        self._pair = f"{left.cloud}:{bucket_name(left)} {right.cloud}:{bucket_name(right)}"
        self._learner = Learner(self._known, ask=rules.learn)
        self._tally: Tally | None = None
        self._day: list[Hour] = []
        self.balance = Balance((left.cloud, right.cloud), rules.clock_ms())

    def walk(self) -> Iterator[tuple[Chunk, Findings]]:
        """Yields every piece of both listings with what differs in it; the balance is complete at the end."""
        for prefix in self._rules.prefixes:
            runs = [] if self._rules.fresh else self._known.runs(self._pair, prefix)
            self._take_over(runs)
            with ExitStack() as stack:
                since = self._rules.since
                left, right = (stack.enter_context(_Ahead(listed(b, prefix, runs, since))) for b in self._buckets)
                for raw in chunks(left, right):
                    chunk, strangers = without_strangers(raw)
                    self.balance.strangers += strangers
                    if chunk.left or chunk.right:
                        chunk = self._learner.fill(self._buckets, chunk)
                        found = findings(chunk)
                        self._add(chunk, found)
                        yield chunk, found
            self._end_hour()
            self._end_day()
        self.balance.hours.sort(key=lambda hour: hour.folder)

    def _take_over(self, runs: Sequence[Run]) -> None:
        for run in runs:
            self.balance.hours += run.hours
            self.balance.kept += len(run.hours)

    def _add(self, chunk: Chunk, found: Findings) -> None:
        if self._tally is None or self._tally.folder != chunk.folder:
            self._end_hour()
            if self._day and _day_of(self._day[0].folder) != _day_of(chunk.folder):
                self._end_day()
            self._tally = Tally(chunk.folder)
        self._tally.add(chunk, found)
        self._note(found)
        self._measure(chunk)

    def _note(self, found: Findings) -> None:
        balance = self.balance
        for lack, entries in zip(balance.lacks, (found.only_right, found.only_left), strict=True):
            missing = self._old_enough(entries)
            balance.in_flight += len(entries) - len(missing)
            lack.add(missing)
        balance.corrupt += len(found.corrupt)
        room = MAX_NAMED - len(balance.corrupt_named)
        balance.corrupt_named += [entry.key for entry in found.corrupt[:room]]

    def _old_enough(self, entries: list[Entry]) -> list[Entry]:
        grace_ms = self._rules.grace_seconds * 1000
        if not grace_ms:
            return entries
        return [entry for entry in entries if self.balance.at_ms - keys.accepted_ms(entry.key) >= grace_ms]

    def _measure(self, chunk: Chunk) -> None:
        since = self.balance.at_ms - LAG_WINDOW_MS
        for side, entries in enumerate((chunk.left, chunk.right)):
            if not entries or keys.accepted_ms(entries[-1].key) < since:
                continue
            recent = [e for e in entries if keys.accepted_ms(e.key) >= since]
            latest = max(max(0, entry.created_ms - keys.accepted_ms(entry.key)) for entry in recent)
            self.balance.lag_ms[side] = max(latest, self.balance.lag_ms[side] or 0)

    def _end_hour(self) -> None:
        if self._tally:
            hour = self._tally.hour()
            self.balance.hours.append(hour)
            self._day.append(hour)
            self._tally = None

    def _end_day(self) -> None:
        if self._day:
            folder = _day_of(self._day[0].folder)
            if keys.day_end_ms(folder) + self._rules.settled_days * DAY_MS < self.balance.at_ms:
                self._known.settle(self._pair, folder, self._day)
            self._day = []


def listed(bucket: Bucket, prefix: str, runs: Sequence[Run] = (), since: str = "") -> Iterator[Entry]:
    """Yields a bucket's objects below a prefix but for those of the given days, which are not even listed.

    Args:
        bucket: What is listed.
        prefix: What the keys begin with.
        runs: The days that are left out.
        since: What comes before it below the prefix is not listed either; with days that are left out it has no place.
    """
    after = f"{prefix}{since}" if since else ""
    for run in runs:
        for entry in bucket.list(prefix, after=after):
            if entry.key >= run.first:
                break
            yield entry
        after = run.last[:-1] + "0"
    yield from bucket.list(prefix, after=after)


class _Ahead:
    """Reads a listing a block ahead on a thread of its own, so that two archives are listed at the same time."""

    def __init__(self, entries: Iterator[Entry]) -> None:
        self._entries = entries
        self._pool = ThreadPoolExecutor(1, "isthmus-list")

    def __enter__(self) -> Iterator[Entry]:
        return self._read()

    def __exit__(self, *_: object) -> None:
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _read(self) -> Iterator[Entry]:
        coming = self._pool.submit(self._block)
        while block := coming.result():
            coming = self._pool.submit(self._block)
            yield from block

    def _block(self) -> list[Entry]:
        return list(islice(self._entries, BLOCK_OBJECTS))


def _day_of(folder: str) -> str:
    return folder[: folder.rindex("hour=")]
