"""Ledger arithmetic: what two archives have, compared by key and checksum without reading an object.

Two listings are read side by side in blocks, so that neither is ever held. What both have alike is compared by whole
lists, at C's speed; only what differs is looked at object by object.
"""

from __future__ import annotations

import operator
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice, pairwise

import msgspec

from isthmus.core import keys

BLOCK_OBJECTS = 8192
"""Objects of a side that are held at a time. Ours: a larger block is no faster, and takes more memory."""


class Entry(msgspec.Struct, frozen=True, order=True, gc=False):
    """One object as a listing shows it.

    Attributes:
        key: The object's key.
        crc32c: Its CRC32C in base64, as both clouds print it; "" when the listing doesn't tell.
        size: Bytes.
        created_ms: When it was written, Unix milliseconds; takes no part in the comparison.
        events: Events in it, as its writer noted; 0 when the listing doesn't tell. Takes no part in the comparison.
    """

    key: str
    crc32c: str = ""
    size: int = 0
    created_ms: int = 0
    events: int = 0


@dataclass(frozen=True)
class Difference:
    """How two archives differ: keys that only one has, and keys whose contents are not the same."""

    only_left: tuple[str, ...]
    only_right: tuple[str, ...]
    corrupt: tuple[str, ...]

    @property
    def is_empty(self) -> bool:
        """Whether both sides hold the same."""
        return not (self.only_left or self.only_right or self.corrupt)

    def swapped(self) -> Difference:
        """The same difference seen from the other side."""
        return Difference(self.only_right, self.only_left, self.corrupt)


@dataclass(frozen=True, slots=True)
class Chunk:
    """A piece of both listings: all that they have between two keys of one folder.

    Attributes:
        folder: What the keys begin with, `events/type=…/date=…/hour=…/`.
        left: The left side's objects, in the order of their keys.
        right: The right side's.
    """

    folder: str
    left: list[Entry]
    right: list[Entry]


@dataclass(frozen=True, slots=True)
class Findings:
    """What differs in a chunk: objects that only one side has, and those of one key whose contents are not the same."""

    only_left: list[Entry]
    only_right: list[Entry]
    corrupt: list[Entry]


_NOTHING = Findings([], [], [])


def same_content(left: Entry, right: Entry) -> bool:
    """Whether two entries can be the same bytes: equal sizes, and equal checksums where both sides tell one."""
    if left.size != right.size:
        return False
    return not (left.crc32c and right.crc32c) or left.crc32c == right.crc32c


def compare(left: Iterable[Entry], right: Iterable[Entry]) -> Difference:
    """Compares two listings, each in the order of its keys, in one pass and without holding either.

    Raises:
        ValueError: when a listing isn't in order.
    """
    found = [findings(chunk) for chunk in chunks(left, right)]
    return Difference(
        tuple(entry.key for one in found for entry in one.only_left),
        tuple(entry.key for one in found for entry in one.only_right),
        tuple(entry.key for one in found for entry in one.corrupt),
    )


def chunks(left: Iterable[Entry], right: Iterable[Entry], block: int = BLOCK_OBJECTS) -> Iterator[Chunk]:
    """Cuts two listings into pieces of one folder and of at most two blocks, the folders in the order of their keys.

    Raises:
        ValueError: when a listing isn't in order.
    """
    lefts, rights = _Side(left, block), _Side(right, block)
    # Both are filled, whatever the first says.
    while lefts.fill() | rights.fill():
        folder, beyond = _folder(min(side.keys[side.at] for side in (lefts, rights) if side.at < len(side.keys)))
        # What a side has behind its block is not known yet; up to the end of both blocks nothing can be missed.
        known = min((side.keys[-1] for side in (lefts, rights) if not side.ended), default=None)
        yield Chunk(folder, lefts.take(beyond, known), rights.take(beyond, known))


def findings(chunk: Chunk) -> Findings:
    """Compares the two sides of a chunk."""
    left, right = chunk.left, chunk.right
    if not right or not left:
        return Findings(left, right, [])
    mine, theirs = [entry.key for entry in left], [entry.key for entry in right]
    if mine == theirs:
        return _NOTHING if _alike(left, right) else Findings([], [], _differing(left, right))
    common = set(mine).intersection(theirs)
    only_left = [entry for entry in left if entry.key not in common]
    only_right = [entry for entry in right if entry.key not in common]
    left = [entry for entry in left if entry.key in common]
    right = [entry for entry in right if entry.key in common]
    return Findings(only_left, only_right, [] if _alike(left, right) else _differing(left, right))


def _alike(left: list[Entry], right: list[Entry]) -> bool:
    """Whether sizes and, where a whole side tells them, checksums are equal; False says that one must look closer."""
    if [entry.size for entry in left] != [entry.size for entry in right]:
        return False
    mine, theirs = [entry.crc32c for entry in left], [entry.crc32c for entry in right]
    return mine == theirs or not any(mine) or not any(theirs)


def _differing(left: list[Entry], right: list[Entry]) -> list[Entry]:
    return [mine for mine, theirs in zip(left, right, strict=True) if not same_content(mine, theirs)]


def _folder(key: str) -> tuple[str, str]:
    """The folder of a key, and the least string that is behind all keys in it; a stranger's folder is itself."""
    folder = keys.folder(key)
    # "0" is the character behind "/".
    return (folder, folder[:-1] + "0") if folder else (key, key + "\0")


class _Side:
    """A listing of which one block is at hand."""

    def __init__(self, entries: Iterable[Entry], block: int) -> None:
        self._source = iter(entries)
        self._block = block
        self._entries: list[Entry] = []
        self.keys: list[str] = []
        self.at = 0
        self.ended = False

    def fill(self) -> bool:
        """Reads the next block if this one is used up; whether there is anything at hand."""
        if self.at < len(self.keys):
            return True
        if self.ended:
            return False
        last = self.keys[-1:]
        self._entries = list(islice(self._source, self._block))
        self.keys = [entry.key for entry in self._entries]
        self.at = 0
        self.ended = len(self.keys) < self._block
        _require_order(last + self.keys)
        return bool(self.keys)

    def take(self, beyond: str, known: str | None) -> list[Entry]:
        """Takes what is at hand before `beyond` and up to `known`."""
        end = bisect_left(self.keys, beyond, self.at)
        if known is not None:
            end = bisect_right(self.keys, known, self.at, end)
        taken = self._entries[self.at : end]
        self.at = end
        return taken


def _require_order(names: list[str]) -> None:
    if not all(map(operator.lt, names, islice(names, 1, None))):
        first, second = next((a, b) for a, b in pairwise(names) if a >= b)
        raise ValueError(f"the listing is not in order: {second} after {first}")
