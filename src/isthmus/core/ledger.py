"""Ledger arithmetic: what two archives have, compared by key and checksum without reading an object."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field


@dataclass(frozen=True, order=True)
class Entry:
    """One object as a listing shows it.

    Attributes:
        key: The object's key.
        crc32c: Its CRC32C in base64, as both clouds print it; "" when the listing doesn't tell.
        size: Bytes.
        created_ms: When it was written, Unix milliseconds; takes no part in the comparison.
    """

    key: str
    crc32c: str = ""
    size: int = 0
    created_ms: int = field(default=0, compare=False)


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


def compare(left: Iterable[Entry], right: Iterable[Entry]) -> Difference:
    """Compares two listings, each in the order of its keys, in one pass and without holding either.

    Raises:
        ValueError: when a listing isn't in order.
    """
    only_left: list[str] = []
    only_right: list[str] = []
    corrupt: list[str] = []
    for mine, theirs in _merge(left, right):
        if theirs is None and mine is not None:
            only_left.append(mine.key)
        elif mine is None and theirs is not None:
            only_right.append(theirs.key)
        elif mine is not None and theirs is not None and not same_content(mine, theirs):
            corrupt.append(mine.key)
    return Difference(tuple(only_left), tuple(only_right), tuple(corrupt))


def same_content(left: Entry, right: Entry) -> bool:
    """Whether two entries can be the same bytes: equal sizes, and equal checksums where both sides tell one."""
    if left.size != right.size:
        return False
    return not (left.crc32c and right.crc32c) or left.crc32c == right.crc32c


def _merge(left: Iterable[Entry], right: Iterable[Entry]) -> Iterator[tuple[Entry | None, Entry | None]]:
    lefts, rights = _ordered(left), _ordered(right)
    mine, theirs = next(lefts, None), next(rights, None)
    while mine is not None or theirs is not None:
        if theirs is None or (mine is not None and mine.key < theirs.key):
            yield mine, None
            mine = next(lefts, None)
        elif mine is None or theirs.key < mine.key:
            yield None, theirs
            theirs = next(rights, None)
        else:
            yield mine, theirs
            mine, theirs = next(lefts, None), next(rights, None)


def _ordered(entries: Iterable[Entry]) -> Iterator[Entry]:
    last = None
    for entry in entries:
        if last is not None and entry.key <= last:
            raise ValueError(f"the listing is not in order: {entry.key} after {last}")
        last = entry.key
        yield entry
