"""An audit: what one archive really holds, read object by object. How two of them differ by listing: `balance`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import msgspec

from isthmus.archive.cache import PARALLEL, CorruptObject, ObjectCache, Progress, require_whole
from isthmus.core import frames, keys
from isthmus.core.ledger import Entry
from isthmus.core.ports import Bucket

_AT_ONCE = 256


class _Identity(msgspec.Struct):
    source: str
    id: str


_identities = msgspec.json.Decoder(_Identity)


@dataclass(frozen=True)
class Audit:
    """What a bucket holds, told from its objects' bytes alone.

    Attributes:
        objects: Objects read.
        size_bytes: Their bytes.
        events: Events in them.
        identities: Distinct (`source`, `id`).
        duplicated: Events beyond the first of their identity.
        corrupt: Why an object can't be read, one sentence each.
        missing: Expected identities that are not there; None when nothing was expected.
        unexpected: Identities that are there and were not expected; None when nothing was expected.
    """

    objects: int
    size_bytes: int
    events: int
    identities: int
    duplicated: int
    corrupt: tuple[str, ...] = ()
    missing: tuple[tuple[str, str], ...] | None = None
    unexpected: int | None = None


def count_identities(
    bucket: Bucket,
    cache: ObjectCache | None = None,
    *,
    expected: Iterable[tuple[str, str]] | None = None,
    progress: Progress | None = None,
) -> Audit:
    """Reads every object of one bucket, and counts; nothing is believed of listings, attributes or the other archive.

    Args:
        bucket: The archive.
        cache: A local copy to read through; without it each object comes from the bucket.
        expected: The identities (`source`, `id`) that a producer had acknowledged.
        progress: Called with how many objects were read and how many there are.

    Raises:
        Unavailable: when the bucket can't be read.
    """
    entries = [entry for entry in bucket.list(keys.EVENTS) if keys.place(entry.key)]
    seen: Counter[tuple[str, str]] = Counter()
    corrupt: list[str] = []
    for done, outcome in enumerate(_read_all(bucket, cache, entries), 1):
        if isinstance(outcome, CorruptObject):
            corrupt.append(str(outcome))
        else:
            seen.update(outcome)
        if progress:
            progress(done, len(entries))
    events = seen.total()
    wanted = None if expected is None else set(expected)
    return Audit(
        objects=len(entries) - len(corrupt),
        size_bytes=sum(entry.size for entry in entries),
        events=events,
        identities=len(seen),
        duplicated=events - len(seen),
        corrupt=tuple(corrupt),
        missing=None if wanted is None else tuple(sorted(wanted - seen.keys())),
        unexpected=None if wanted is None else len(seen.keys() - wanted),
    )


def _read_all(
    bucket: Bucket, cache: ObjectCache | None, entries: list[Entry]
) -> Iterator[list[tuple[str, str]] | CorruptObject]:
    def read(entry: Entry) -> list[tuple[str, str]] | CorruptObject:
        try:
            return _identities_of(bucket, cache, entry)
        except CorruptObject as error:
            return error

    with ThreadPoolExecutor(PARALLEL, "isthmus-audit") as pool:
        for start in range(0, len(entries), _AT_ONCE):
            yield from pool.map(read, entries[start : start + _AT_ONCE])


def _identities_of(bucket: Bucket, cache: ObjectCache | None, entry: Entry) -> list[tuple[str, str]]:
    if cache is None:
        data = bucket.get(entry.key)
        require_whole(bucket, entry, data)
    else:
        data = cache.read(bucket, entry)
    try:
        return [(found.source, found.id) for found in _identities.decode_lines(frames.unpack(data))]
    except msgspec.DecodeError as error:
        raise CorruptObject(f"the object is not events: {error}", where=f"{bucket.cloud}:{entry.key}") from error
