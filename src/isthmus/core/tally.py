"""Counting an hour of both archives: objects, events, bytes, and a digest that two equal sides have alike."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

from isthmus.core import keys
from isthmus.core.ledger import Chunk, Entry, Findings


@dataclass(frozen=True, slots=True)
class Summary:
    """What one side has in an hour, or in all.

    Attributes:
        objects: Objects.
        size_bytes: Their bytes.
        events: Events in those objects whose number is known.
        uncounted: Objects whose number of events is not known.
        unchecked: Objects whose CRC32C is not known.
        digest: SHA-256 of each object's key and CRC32C, a line each, in the order of the keys; "" while a checksum is
            not known, and in a sum of several hours.
    """

    objects: int = 0
    size_bytes: int = 0
    events: int = 0
    uncounted: int = 0
    unchecked: int = 0
    digest: str = ""

    def __add__(self, other: Summary) -> Summary:
        """Both together; a digest is one hour's alone."""
        return Summary(
            self.objects + other.objects,
            self.size_bytes + other.size_bytes,
            self.events + other.events,
            self.uncounted + other.uncounted,
            self.unchecked + other.unchecked,
        )


@dataclass(frozen=True, slots=True)
class Hour:
    """One type's hour on both sides.

    Attributes:
        folder: `events/type=…/date=…/hour=…/`.
        left: What the left side has.
        right: What the right side has.
        only_left: Objects that the right side lacks.
        only_right: Objects that the left side lacks.
        corrupt: Objects of the same key whose contents are not the same.
    """

    folder: str
    left: Summary = field(default_factory=Summary)
    right: Summary = field(default_factory=Summary)
    only_left: int = 0
    only_right: int = 0
    corrupt: int = 0

    @property
    def is_whole(self) -> bool:
        """Whether both sides hold the same."""
        return not (self.only_left or self.only_right or self.corrupt)


class Tally:
    """Adds up the chunks of one hour."""

    def __init__(self, folder: str) -> None:
        self.folder = folder
        self._left, self._right = _Count(), _Count()
        self._found = [0, 0, 0]

    def add(self, chunk: Chunk, found: Findings) -> None:
        """Adds a chunk of this hour, and what differs in it."""
        left, right = _counts(chunk, found)
        self._left.add(chunk.left, left)
        self._right.add(chunk.right, right)
        for number, entries in enumerate((found.only_left, found.only_right, found.corrupt)):
            self._found[number] += len(entries)

    def hour(self) -> Hour:
        """What was added."""
        return Hour(self.folder, self._left.summary(), self._right.summary(), *self._found)


class _Count:
    """Adds up one side's objects; a digest is the same however they were cut into chunks."""

    def __init__(self) -> None:
        self._objects = self._size = self._events = self._uncounted = self._unchecked = 0
        self._digest = hashlib.sha256()

    def add(self, entries: list[Entry], counts: list[int]) -> None:
        lines = [""] * (2 * len(entries))
        lines[::2] = [entry.key for entry in entries]
        lines[1::2] = checksums = [entry.crc32c for entry in entries]
        self._objects += len(entries)
        self._size += sum([entry.size for entry in entries])
        self._events += sum(counts)
        self._uncounted += counts.count(0)
        self._unchecked += checksums.count("")
        if entries and not self._unchecked:
            self._digest.update(("\n".join(lines) + "\n").encode("utf-8", "surrogatepass"))

    def summary(self) -> Summary:
        digest = self._digest.hexdigest() if self._objects and not self._unchecked else ""
        return Summary(self._objects, self._size, self._events, self._uncounted, self._unchecked, digest)


def _counts(chunk: Chunk, found: Findings) -> tuple[list[int], list[int]]:
    """The events of each object; of one that both sides have alike, what either tells. S3 lists no such number."""
    left, right = [entry.events for entry in chunk.left], [entry.events for entry in chunk.right]
    if 0 not in left and 0 not in right:
        return left, right
    if not (found.only_left or found.only_right or found.corrupt):
        both = list(zip(left, right, strict=True))
        return [mine or theirs for mine, theirs in both], [theirs or mine for mine, theirs in both]
    corrupt = {entry.key for entry in found.corrupt}
    told: dict[str, int] = {}
    for entry in (*chunk.left, *chunk.right):
        if entry.events and entry.key not in corrupt:
            told[entry.key] = entry.events
    return _told(chunk.left, told), _told(chunk.right, told)


def _told(entries: list[Entry], told: dict[str, int]) -> list[int]:
    return [entry.events or told.get(entry.key, 0) for entry in entries]


def without_strangers(chunk: Chunk) -> tuple[Chunk, int]:
    """Leaves out what is not a frame's object, and counts it."""
    left, right = _ours(chunk.folder, chunk.left), _ours(chunk.folder, chunk.right)
    strangers = len(chunk.left) - len(left) + len(chunk.right) - len(right)
    return (Chunk(chunk.folder, left, right), strangers) if strangers else (chunk, 0)


def _ours(folder: str, entries: list[Entry]) -> list[Entry]:
    if not entries or (folder.endswith("/") and keys.frame_names(folder, [entry.key for entry in entries])):
        return entries
    if not keys.folder(folder):
        return []
    return [entry for entry in entries if keys.is_frame_name(folder, entry.key)]
