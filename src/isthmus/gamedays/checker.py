"""The checker: a separate small program that reads only the producer's record and the two buckets.

It knows nothing of brokers, bridges, publishers or functions, so that none of their faults can hide in it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from isthmus.core import keys, ledger
from isthmus.core.frames import Cloud, unpack
from isthmus.core.ledger import Entry
from isthmus.core.ports import Bucket
from isthmus.gamedays import record
from isthmus.gamedays.record import Identity

_READERS = 8


@dataclass(frozen=True)
class Stored:
    """What one archive holds.

    Attributes:
        cloud: Whose archive.
        objects: Objects below `events/`.
        events: Lines in them.
        missing: Acknowledged identities that it doesn't hold.
        duplicated: Identities that it holds more than once.
        size_bytes: Bytes of the objects.
    """

    cloud: Cloud
    objects: int
    events: int
    missing: int
    duplicated: int
    size_bytes: int


@dataclass(frozen=True)
class Verdict:
    """What became of the acknowledged events.

    Attributes:
        acknowledged: Identities that an ingest acknowledged.
        stored: What each archive holds.
        differing: Keys that only one archive has, or whose bytes are not the same.
        latencies_ms: For each acknowledged event, from its first try until the later archive had it.
        exposed_seconds: The longest that something acknowledged was not in both archives: the recovery point if a
            cloud had been lost for good meanwhile.
        last_stored_ms: When the last object was stored, Unix milliseconds.
    """

    acknowledged: int
    stored: tuple[Stored, ...]
    differing: tuple[str, ...]
    latencies_ms: tuple[float, ...] = field(repr=False, default=())
    exposed_seconds: float = 0.0
    last_stored_ms: int = 0

    @property
    def missing(self) -> int:
        """Acknowledged events that an archive lacks; the larger of the two clouds."""
        return max((side.missing for side in self.stored), default=self.acknowledged)

    @property
    def duplicated(self) -> int:
        """Identities that an archive holds more than once; the larger of the two clouds."""
        return max((side.duplicated for side in self.stored), default=0)

    @property
    def is_whole(self) -> bool:
        """Whether both archives hold every acknowledged event once, in the same bytes."""
        return not (self.missing or self.duplicated or self.differing)


def check(record_path: Path, buckets: Sequence[Bucket], prefix: str = keys.EVENTS) -> Verdict:
    """Compares the producer's record with what the buckets hold below a prefix, reading every object.

    Raises:
        Unavailable: when a bucket can't be read.
    """
    acknowledged: dict[Identity, Identity] = {}
    acknowledged_ms: dict[Identity, int] = {}
    for batch in record.read(record_path):
        for identity in batch.events:
            acknowledged_ms[acknowledged.setdefault(identity, identity)] = batch.at_ms
    listings = [list(bucket.list(prefix)) for bucket in buckets]
    firsts: dict[str, int] = {}
    found = [
        _stored(bucket, listing, acknowledged, acknowledged_ms, firsts)
        for bucket, listing in zip(buckets, listings, strict=True)
    ]
    differing = _differing(buckets, listings)
    latencies = _latencies(listings, found[0][1]) if found else ()
    return Verdict(
        len(acknowledged),
        tuple(stored for stored, _ in found),
        differing,
        tuple(latencies),
        _exposed_seconds(listings, firsts),
        max(_stored_ms(listings).values(), default=0),
    )


def objects(buckets: Sequence[Bucket], prefix: str = keys.EVENTS) -> dict[Cloud, list[Entry]]:
    """What each archive lists below a prefix."""
    return {bucket.cloud: list(bucket.list(prefix)) for bucket in buckets}


def agree(listed: Mapping[Cloud, list[Entry]]) -> bool:
    """Whether two listings have the same keys and sizes."""
    left, right = listed.values()
    return ledger.compare(left, right).is_empty


def keys_agree(buckets: Sequence[Bucket]) -> bool:
    """Whether the archives list the same keys and sizes: the cheap question to ask before reading them."""
    return agree(objects(buckets))


def _stored(
    bucket: Bucket,
    listing: list[Entry],
    acknowledged: dict[Identity, Identity],
    acknowledged_ms: dict[Identity, int],
    firsts: dict[str, int],
) -> tuple[Stored, dict[str, int]]:
    """What an archive holds, and how many events each of its objects has; fills in when each object was acknowledged.

    An acknowledged identity is counted under the one that is in memory already; nothing else of an object is kept.
    """
    counts: Counter[Identity] = Counter()
    events: dict[str, int] = {}
    with ThreadPoolExecutor(_READERS) as pool:
        for entry, identities in zip(listing, pool.map(lambda entry: _identities(bucket, entry), listing), strict=True):
            counts.update(acknowledged.get(identity, identity) for identity in identities)
            events[entry.key] = len(identities)
            if known := [acknowledged_ms[identity] for identity in identities if identity in acknowledged_ms]:
                firsts[entry.key] = min(known)
    stored = Stored(
        cloud=bucket.cloud,
        objects=len(listing),
        events=counts.total(),
        missing=sum(1 for identity in acknowledged if identity not in counts),
        duplicated=sum(1 for count in counts.values() if count > 1),
        size_bytes=sum(entry.size for entry in listing),
    )
    return stored, events


def _identities(bucket: Bucket, entry: Entry) -> list[Identity]:
    return record.identities(unpack(bucket.get(entry.key)).splitlines())


def _differing(buckets: Sequence[Bucket], listings: Sequence[list[Entry]]) -> tuple[str, ...]:
    """Keys on one side only or of other bytes: by the listings, and by the bytes where both have the key."""
    difference = ledger.compare(*listings)
    both = {entry.key for entry in listings[0]} & {entry.key for entry in listings[1]}
    with ThreadPoolExecutor(_READERS) as pool:
        unequal = pool.map(lambda key: (key, buckets[0].get(key) != buckets[1].get(key)), sorted(both))
        corrupt = {key for key, differs in unequal if differs} | set(difference.corrupt)
    return (*difference.only_left, *difference.only_right, *sorted(corrupt))


def _latencies(listings: Iterable[list[Entry]], events: dict[str, int]) -> list[float]:
    """Milliseconds from a frame's time until the later of the archives had it, once for each of its events."""
    stored_at = _stored_ms(listings)
    found: list[float] = []
    for key, count in events.items():
        place = keys.place(key)
        if place is not None:
            found += [float(stored_at[key] - place.unix_ms)] * count
    return found


def _exposed_seconds(listings: Iterable[list[Entry]], acknowledged_ms: Mapping[str, int]) -> float:
    stored_at = _stored_ms(listings)
    return max((max(0, stored_at[key] - at) for key, at in acknowledged_ms.items()), default=0) / 1000


def _stored_ms(listings: Iterable[list[Entry]]) -> dict[str, int]:
    """When the later of the archives got each object."""
    found: dict[str, int] = {}
    for listing in listings:
        for entry in listing:
            found[entry.key] = max(found.get(entry.key, 0), entry.created_ms)
    return found
