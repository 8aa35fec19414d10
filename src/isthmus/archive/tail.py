"""Events as they arrive in either archive, each once.

An archive is asked by listing alone: for each type that is known, the objects of the current and of the previous hour
(a frame may wait in a queue while its cloud is out). Keys begin with the type, so a type that is new is found by a
listing of everything, now and then.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from isthmus.archive.cache import CorruptObject, require_whole
from isthmus.core import frames, keys, uuid7
from isthmus.core.errors import Unavailable
from isthmus.core.frames import Cloud
from isthmus.core.ledger import Entry
from isthmus.core.ports import Bucket

POLL_SECONDS = 1.0
DISCOVER_SECONDS = 15.0
"""How often everything is listed, to find types that are new."""

MAX_REMEMBERED = 1_000_000
"""Identities that are remembered, so that an event that was sent again isn't told again; some 100 bytes each."""


@dataclass(frozen=True)
class Arrival:
    """An event that arrived.

    Attributes:
        event: Its attributes, `data` included.
        cloud: The archive that it was seen in first.
        key: The object that it is in.
        accepted_ms: When it was accepted, Unix milliseconds.
    """

    event: dict[str, Any]
    cloud: Cloud
    key: str
    accepted_ms: int


class Tail:
    """Follows archives.

    Args:
        buckets: One for each cloud.
        since_ms: Tells what was accepted from then on (Unix milliseconds); without it, what comes after the first poll.
        type_: Only events of this type; all without it.
        clock_ms: Unix milliseconds.
        discover_seconds: How often everything is listed.
    """

    def __init__(
        self,
        buckets: Sequence[Bucket],
        *,
        since_ms: int | None = None,
        type_: str | None = None,
        clock_ms: Callable[[], int] = lambda: time.time_ns() // 1_000_000,
        discover_seconds: float = DISCOVER_SECONDS,
    ) -> None:
        self._buckets = buckets
        self._since_ms = since_ms
        self._type = type_
        self._clock_ms = clock_ms
        self._discover_ms = discover_seconds * 1000
        self._discovered_ms: dict[Cloud, int] = {}
        self._types: set[str] = set()
        self._seen: OrderedDict[str, None] = OrderedDict()
        self._told: OrderedDict[tuple[str, str], None] = OrderedDict()
        self._begun = since_ms is not None
        self.out: dict[Cloud, str] = {}
        self.problems: list[str] = []

    def poll(self) -> list[Arrival]:
        """Asks every archive once and returns what is new, oldest first.

        `out` says which archives did not answer, `problems` which objects can't be read.
        """
        self.out = {}
        self.problems = []
        found: dict[str, tuple[Bucket, Entry]] = {}
        for bucket in self._buckets:
            try:
                for entry in self._list(bucket):
                    if entry.key not in self._seen and self._wanted(entry.key):
                        found.setdefault(entry.key, (bucket, entry))
            except Unavailable as error:
                self.out[bucket.cloud] = str(error)
        if not self._begun:
            self._begun = len(self.out) < len(self._buckets)
            for key in found:
                _remember(self._seen, key)
            return []
        arrivals = [a for key in sorted(found, key=_frame) for a in self._read(*found[key])]
        return [arrival for arrival in arrivals if self._first(arrival)]

    def follow(
        self,
        *,
        stop: Callable[[], bool],
        wait: Callable[[float], Any] = time.sleep,
        poll_seconds: float = POLL_SECONDS,
    ) -> Iterator[Arrival]:
        """Yields arrivals until `stop` says so; `wait` waits between two polls."""
        while not stop():
            yield from self.poll()
            if not stop():
                wait(poll_seconds)

    def _list(self, bucket: Bucket) -> Iterator[Entry]:
        now = self._clock_ms()
        last = self._discovered_ms.get(bucket.cloud)
        if last is None or now - last >= self._discover_ms:
            for entry in bucket.list(keys.EVENTS):
                self._types.add(entry.key.split("/", 2)[1])
                yield entry
            self._discovered_ms[bucket.cloud] = now
            return
        for type_ in sorted(self._types):
            for hour in self._hours(now):
                yield from bucket.list(f"{keys.EVENTS}{type_}/{hour}/")

    def _hours(self, now_ms: int) -> list[str]:
        now = datetime.fromtimestamp(now_ms / 1000, UTC)
        # A clock of a cloud may run ahead of this one, over the hour.
        moments = (now - timedelta(hours=1), now, now + timedelta(minutes=5))
        return sorted({f"date={moment:%Y-%m-%d}/hour={moment:%H}" for moment in moments})

    def _wanted(self, key: str) -> bool:
        place = keys.place(key)
        if place is None or (self._type is not None and place.type != self._type):
            return False
        return self._since_ms is None or uuid7.unix_ms(place.frame) >= self._since_ms

    def _read(self, bucket: Bucket, entry: Entry) -> list[Arrival]:
        try:
            data = bucket.get(entry.key)
            require_whole(bucket, entry, data)
            events = msgspec.json.Decoder(dict[str, Any]).decode_lines(frames.unpack(data))
        except Unavailable as error:
            self.out[bucket.cloud] = str(error)
            return []
        except (CorruptObject, KeyError, msgspec.DecodeError) as error:
            self.problems.append(str(error))
            events = []
        _remember(self._seen, entry.key)
        place = keys.place(entry.key)
        accepted_ms = uuid7.unix_ms(place.frame) if place else 0
        return [Arrival(event, bucket.cloud, entry.key, accepted_ms) for event in events]

    def _first(self, arrival: Arrival) -> bool:
        identity = (str(arrival.event.get("source")), str(arrival.event.get("id")))
        if identity in self._told:
            return False
        _remember(self._told, identity)
        return True


def _remember(memory: OrderedDict[Any, None], item: object) -> None:
    memory[item] = None
    if len(memory) > MAX_REMEMBERED:
        memory.popitem(last=False)


def _frame(key: str) -> str:
    return key.rsplit("/", 1)[-1]
