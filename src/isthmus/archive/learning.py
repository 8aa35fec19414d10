"""Asking for what a listing doesn't tell of an object, once: its checksum, and how many events are in it."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import msgspec

from isthmus.archive.cache import PARALLEL, bucket_name, crc32c
from isthmus.archive.known import Known
from isthmus.core import frames
from isthmus.core.errors import PoisonedFrame
from isthmus.core.ledger import Chunk, Entry
from isthmus.core.ports import Bucket


class Learner:
    """Completes the entries of listings.

    Args:
        known: What was learnt before, and where it is kept.
        ask: Whether to ask the bucket for what is not known.
    """

    def __init__(self, known: Known, *, ask: bool) -> None:
        self._known = known
        self._ask = ask

    def fill(self, buckets: Sequence[Bucket], chunk: Chunk) -> Chunk:
        """Completes both sides of a chunk.

        Raises:
            Unavailable: when a bucket is asked and can't be reached.
        """
        left = self._fill(buckets[0], chunk.left, {})
        # The same object holds the same events on both sides: one side's number is enough.
        counted = {entry.key: entry.events for entry in left if entry.events} if self._ask else {}
        return Chunk(chunk.folder, left, self._fill(buckets[1], chunk.right, counted))

    def _fill(self, bucket: Bucket, entries: list[Entry], counted: dict[str, int]) -> list[Entry]:
        lacking = [e for e in entries if not e.crc32c or not (e.events or counted.get(e.key))]
        if not lacking:
            return entries
        told = self._known.told(bucket_name(bucket), lacking)
        if self._ask:
            told |= self._asked(bucket, [entry for entry in lacking if entry.key not in told])
        return [told.get(entry.key, entry) for entry in entries] if told else entries

    def _asked(self, bucket: Bucket, entries: list[Entry]) -> dict[str, Entry]:
        if not entries:
            return {}
        with ThreadPoolExecutor(PARALLEL, "isthmus-look") as pool:
            found = [entry for entry in pool.map(lambda entry: _look(bucket, entry), entries) if entry]
        # What a listing says of the time is what `Known` compares with; HeadObject may say it more precisely.
        listed = {entry.key: entry.created_ms for entry in entries}
        found = [msgspec.structs.replace(entry, created_ms=listed[entry.key]) for entry in found]
        self._known.learn(bucket_name(bucket), found)
        return {entry.key: entry for entry in found}


def _look(bucket: Bucket, entry: Entry) -> Entry | None:
    """All of an object; it is read only where nothing else tells. None when it is gone since it was listed."""
    try:
        found = bucket.look(entry.key) if not entry.crc32c else entry
        if found.crc32c and found.events:
            return found
        data = bucket.get(entry.key)
    except KeyError:
        return None
    return msgspec.structs.replace(found, size=len(data), crc32c=crc32c(data), events=_events(data))


def _events(data: bytes) -> int:
    try:
        return frames.unpack(data).count(b"\n")
    except PoisonedFrame:
        return 0
