"""Repair: what one archive lacks is copied from the other. Nothing is ever overwritten.

A copy is a conditional write of bytes that were checked, so it can be interrupted and run again, by several at once,
and beside the archive's own functions. Objects that differ are reported and left as they are on both sides. What is
missing is copied while the listings are still being read, so that nothing is held of an archive that is empty.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace

from isthmus.archive.balance import MAX_NAMED, Balance, Reckoning, Rules, reckon
from isthmus.archive.cache import PARALLEL, CorruptObject, Progress, crc32c, require_whole
from isthmus.archive.known import Known
from isthmus.archive.pace import Pace
from isthmus.core import frames
from isthmus.core.errors import IsthmusError, Unavailable
from isthmus.core.frames import CLOUDS, Cloud
from isthmus.core.ledger import Entry, Findings
from isthmus.core.ports import Bucket

ATTEMPTS = 3
_AT_ONCE = 256


@dataclass(frozen=True)
class Order:
    """What to repair, and how.

    Attributes:
        rules: How the balance is drawn up, before and after; its prefixes are what is copied.
        into: The clouds whose archives are filled.
        pace: How fast, in objects.
        idle_ms: Only objects that were written so long ago, Unix milliseconds.
    """

    rules: Rules = field(default_factory=Rules)
    into: Sequence[Cloud] = CLOUDS
    pace: Pace = field(default_factory=lambda: Pace(None))
    idle_ms: float = 0.0


@dataclass
class Copies:
    """What was copied.

    Attributes:
        copied: Objects written, by the cloud that got them.
        copied_bytes: Their bytes.
        there: Objects that the target had by the time they were copied.
        failures: How many were not copied.
        failed: Why the first of them were not, one sentence each.
        again: Whether one of them may be copied by another repair, since a cloud could not be reached this time.
    """

    copied: dict[Cloud, int]
    copied_bytes: int = 0
    there: int = 0
    failures: int = 0
    failed: list[str] = field(default_factory=list)
    again: bool = False

    def add(self, cloud: Cloud, outcome: int | IsthmusError) -> None:
        """Adds what came of one object: the bytes written, 0 when it was there, or why it was not."""
        if isinstance(outcome, IsthmusError):
            self.failures += 1
            self.again |= isinstance(outcome, Unavailable)
            if len(self.failed) < MAX_NAMED:
                self.failed.append(str(outcome))
        elif outcome:
            self.copied[cloud] += 1
            self.copied_bytes += outcome
        else:
            self.there += 1


@dataclass(frozen=True)
class Repaired:
    """What a repair did, and the balance that was drawn up afterwards.

    Attributes:
        copies: What was copied.
        balance: How the archives stand now.
    """

    copies: Copies
    balance: Balance

    @property
    def is_whole(self) -> bool:
        """Whether both archives hold the same now."""
        return self.balance.is_whole


def repair(
    left: Bucket,
    right: Bucket,
    order: Order | None = None,
    *,
    known: Known | None = None,
    progress: Progress | None = None,
) -> Repaired:
    """Copies what either archive lacks from the other, and compares them again.

    Args:
        left: One archive.
        right: The other.
        order: What, and how fast; everything as fast as it goes without it.
        known: What was learnt before.
        progress: Called with how many objects were dealt with and how many were found missing by now.

    Raises:
        Unavailable: when either can't be listed; what was copied until then stays.
    """
    chosen = order or Order()
    copies, before = fill(left, right, chosen, known=known, progress=progress)
    # What was just written is not in flight.
    rules = replace(chosen.rules, grace_seconds=0.0, fresh=False)
    touched = copies.copied_bytes or copies.there or before.in_flight
    return Repaired(copies, reckon(left, right, rules, known=known) if touched else before)


def fill(
    left: Bucket,
    right: Bucket,
    order: Order,
    *,
    known: Known | None = None,
    progress: Progress | None = None,
) -> tuple[Copies, Balance]:
    """Copies as `repair` does, and returns the balance as it was before: nothing is proved.

    Raises:
        Unavailable: when either can't be listed.
    """
    copies = Copies({left.cloud: 0, right.cloud: 0})
    reckoning = Reckoning(left, right, order.rules, known)
    done = of = 0
    with ThreadPoolExecutor(PARALLEL, "isthmus-repair") as pool:
        for _, found in reckoning.walk():
            jobs = _jobs(left, right, order, found)
            of += len(jobs)
            for job, outcome in zip(jobs, _each(pool, jobs, order.pace), strict=True):
                copies.add(job[1].cloud, outcome)
                done += 1
                if progress:
                    progress(done, of)
    return copies, reckoning.balance


_Job = tuple[Bucket, Bucket, Entry]


def _jobs(left: Bucket, right: Bucket, order: Order, found: Findings) -> list[_Job]:
    ways = ((left, right, found.only_left), (right, left, found.only_right))
    return [
        (source, target, entry)
        for source, target, entries in ways
        if target.cloud in order.into
        for entry in entries
        if not order.idle_ms or entry.created_ms <= order.idle_ms
    ]


def _each(pool: ThreadPoolExecutor, jobs: Sequence[_Job], pace: Pace) -> Iterator[int | IsthmusError]:
    def paced(job: _Job) -> Callable[[], int | IsthmusError]:
        pace.wait()
        return pool.submit(_try_copy, job).result

    for start in range(0, len(jobs), _AT_ONCE):
        for result in [paced(job) for job in jobs[start : start + _AT_ONCE]]:
            yield result()


def _try_copy(job: _Job) -> int | IsthmusError:
    for attempt in range(1, ATTEMPTS + 1):
        try:
            return copy(*job)
        except Unavailable as error:
            if attempt == ATTEMPTS:
                return error
        except IsthmusError as error:
            return error
    raise AssertionError("unreachable")


def copy(source: Bucket, target: Bucket, entry: Entry) -> int:
    """Copies one object and asks the target what it has; returns the bytes written, 0 when it was there by now.

    Raises:
        CorruptObject: when the source's bytes are not whole, or what the target has is something else.
        Unavailable: when either can't be reached.
    """
    try:
        data = source.get(entry.key)
    except KeyError:
        raise Unavailable("the object was listed and is gone", where=f"{source.cloud}:{entry.key}") from None
    require_whole(source, entry, data)
    written = target.put_new(entry.key, data, events=frames.unpack(data).count(b"\n"))
    if _checksum(target, entry.key) != crc32c(data):
        raise CorruptObject(
            "the copy is not what was sent", where=f"{target.cloud}:{entry.key}", fix="compare both versions of it"
        )
    return len(data) if written else 0


def _checksum(bucket: Bucket, key: str) -> str:
    """What the bucket says an object's CRC32C is; reads the object where it doesn't say."""
    try:
        return bucket.look(key).crc32c or crc32c(bucket.get(key))
    except KeyError:
        where = f"{bucket.cloud}:{key}"
        raise Unavailable("the copy is not there", where=where, fix="run the repair again") from None
