"""Repair: what one archive lacks is copied from the other. Nothing is ever overwritten.

A copy is a conditional write of bytes that were checked, so it can be interrupted and run again, by several at once,
and beside the archive's own functions. Objects that differ are reported and left as they are on both sides.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from isthmus.archive.cache import PARALLEL, CorruptObject, Progress, crc32c, require_whole
from isthmus.archive.ledger import difference
from isthmus.core.errors import IsthmusError, Unavailable
from isthmus.core.frames import Cloud
from isthmus.core.ledger import Difference, Entry
from isthmus.core.ports import Bucket

ATTEMPTS = 3
_AT_ONCE = 256


@dataclass(frozen=True)
class Repaired:
    """What a repair did.

    Attributes:
        copied: Objects written, by the cloud that got them.
        copied_bytes: Their bytes.
        corrupt: Keys whose contents differ; both sides are as they were.
        failed: Why an object was not copied, one sentence each.
        again: Whether one of them may be copied by another repair, since a cloud could not be reached this time.
        left: How the archives differ afterwards.
    """

    copied: dict[Cloud, int]
    copied_bytes: int
    corrupt: tuple[str, ...]
    failed: tuple[str, ...]
    again: bool
    left: Difference

    @property
    def is_whole(self) -> bool:
        """Whether both archives hold the same now."""
        return self.left.is_empty


def repair(left: Bucket, right: Bucket, *, progress: Progress | None = None) -> Repaired:
    """Copies what either archive lacks from the other, and compares them again.

    Args:
        left: One archive.
        right: The other.
        progress: Called with how many objects were dealt with and how many were missing.

    Raises:
        Unavailable: when either can't be listed.
    """
    before = difference(left, right)
    jobs = [(left, right, key) for key in before.only_left] + [(right, left, key) for key in before.only_right]
    copied: dict[Cloud, int] = {left.cloud: 0, right.cloud: 0}
    size_bytes = 0
    failed: list[IsthmusError] = []
    for done, (job, outcome) in enumerate(zip(jobs, _each(jobs, _try_copy), strict=True), 1):
        if isinstance(outcome, int):
            copied[job[1].cloud] += bool(outcome)
            size_bytes += outcome
        else:
            failed.append(outcome)
        if progress:
            progress(done, len(jobs))
    after = difference(left, right) if jobs else before
    again = any(isinstance(error, Unavailable) for error in failed)
    return Repaired(copied, size_bytes, after.corrupt, tuple(str(error) for error in failed), again, after)


_Job = tuple[Bucket, Bucket, str]


def _each(jobs: Sequence[_Job], do: Callable[[_Job], int | IsthmusError]) -> Iterator[int | IsthmusError]:
    with ThreadPoolExecutor(PARALLEL, "isthmus-repair") as pool:
        for start in range(0, len(jobs), _AT_ONCE):
            yield from pool.map(do, jobs[start : start + _AT_ONCE])


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


def copy(source: Bucket, target: Bucket, key: str) -> int:
    """Copies one object and reads the target's listing of it; returns the bytes written, 0 when it was there by now.

    Raises:
        CorruptObject: when the source's bytes are not whole, or what the target lists is something else.
        Unavailable: when either can't be reached.
    """
    entry = _entry(source, key)
    try:
        data = source.get(key)
    except KeyError:
        raise Unavailable("the object was listed and is gone", where=f"{source.cloud}:{key}") from None
    require_whole(source, entry, data)
    written = target.put_new(key, data)
    found = _entry(target, key)
    if found.size != len(data) or (found.crc32c and found.crc32c != crc32c(data)):
        raise CorruptObject(
            "the copy is not what was sent", where=f"{target.cloud}:{key}", fix="compare both versions of it"
        )
    return len(data) if written else 0


def _entry(bucket: Bucket, key: str) -> Entry:
    for entry in bucket.list(key):
        if entry.key == key:
            return entry
    raise Unavailable("the object is not listed", where=f"{bucket.cloud}:{key}", fix="run the repair again")
