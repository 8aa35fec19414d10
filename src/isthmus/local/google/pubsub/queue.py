"""One subscription's queue: what waits, what is leased until when, what comes next.

All of it runs on one event loop, so nothing here takes a lock. What must survive is written by the store.
"""

from __future__ import annotations

import asyncio
import heapq
import itertools
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from isthmus.local.google.pubsub.filters import Matcher, compile_filter

_lease_numbers = itertools.count(1)


@dataclass(slots=True)
class Stored:
    """A published message, kept once for all subscriptions."""

    id: int
    data: bytes
    attributes: Mapping[str, str]
    ordering_key: str
    published_ns: int
    holders: int = 0


@dataclass(slots=True)
class Delivery:
    """A message on its way to one subscription's consumers."""

    message: Stored
    attempts: int = 0


@dataclass(slots=True)
class Lease:
    """A delivery that a consumer has until a deadline (monotonic seconds)."""

    ack_id: str
    delivery: Delivery
    deadline: float


@dataclass
class Queue:
    """The queue of a subscription.

    Attributes:
        config: The subscription as its owner configured it, a `google.pubsub.v1.Subscription` message.
        on_exhausted: Called with a delivery that has had all its attempts.
    """

    config: Any
    on_exhausted: Callable[[Queue, Delivery], None]
    matcher: Matcher = field(init=False)
    changed: asyncio.Event = field(default_factory=asyncio.Event)
    _ready: deque[Delivery] = field(default_factory=deque)
    _later: list[tuple[float, int, Delivery]] = field(default_factory=list)
    _leases: dict[str, Lease] = field(default_factory=dict)
    _deadlines: list[tuple[float, str]] = field(default_factory=list)
    _keys: dict[str, deque[Delivery]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.matcher = compile_filter(self.config.filter)

    def __len__(self) -> int:
        held_back = sum(len(waiting) - 1 for waiting in self._keys.values())
        return len(self._ready) + len(self._later) + len(self._leases) + held_back

    @property
    def name(self) -> str:
        """The subscription's name."""
        return str(self.config.name)

    def add(self, delivery: Delivery) -> None:
        """Puts a new delivery in; one with an ordering key waits for those before it."""
        key = delivery.message.ordering_key
        if key and self.config.enable_message_ordering:
            waiting = self._keys.setdefault(key, deque())
            waiting.append(delivery)
            if len(waiting) > 1:
                return
        self._ready.append(delivery)
        self.changed.set()

    def lease(self, limit: int, seconds: float) -> list[Lease]:
        """Hands out up to `limit` deliveries until a deadline."""
        self._wake()
        taken: list[Lease] = []
        now = time.monotonic()
        while self._ready and len(taken) < limit:
            delivery = self._ready.popleft()
            delivery.attempts += 1
            lease = Lease(f"{delivery.message.id}-{next(_lease_numbers)}", delivery, now + seconds)
            self._leases[lease.ack_id] = lease
            heapq.heappush(self._deadlines, (lease.deadline, lease.ack_id))
            taken.append(lease)
        if not self._ready:
            self.changed.clear()
        return taken

    def acknowledge(self, ack_id: str) -> Delivery | None:
        """Ends a delivery; None when the lease is over already."""
        lease = self._leases.pop(ack_id, None)
        if lease is None:
            return None
        self._next_of_key(lease.delivery)
        return lease.delivery

    def extend(self, ack_id: str, seconds: float) -> None:
        """Moves a lease's deadline; 0 seconds gives the delivery back at once."""
        lease = self._leases.get(ack_id)
        if lease is None:
            return
        if seconds <= 0:
            self.give_back(ack_id)
            return
        lease.deadline = time.monotonic() + seconds
        heapq.heappush(self._deadlines, (lease.deadline, ack_id))

    def give_back(self, ack_id: str) -> None:
        """Takes a delivery back: to dead letters after its last attempt, else to wait for its next one."""
        lease = self._leases.pop(ack_id, None)
        if lease is None:
            return
        delivery = lease.delivery
        limit = self.config.dead_letter_policy.max_delivery_attempts
        if self.config.dead_letter_policy.dead_letter_topic and delivery.attempts >= limit:
            self._next_of_key(delivery)
            self.on_exhausted(self, delivery)
            return
        wait = self.backoff_seconds(delivery.attempts)
        heapq.heappush(self._later, (time.monotonic() + wait, delivery.message.id, delivery))
        self.changed.set()

    def backoff_seconds(self, attempts: int) -> float:
        """Seconds before a delivery's next attempt: exponential between the retry policy's bounds, else none."""
        policy = self.config.retry_policy
        if not self.config.HasField("retry_policy"):
            return 0.1 if self.config.push_config.push_endpoint else 0.0
        shortest, longest = _seconds(policy.minimum_backoff), _seconds(policy.maximum_backoff)
        return float(min(longest, shortest * 2 ** min(attempts - 1, 30)))

    def seconds_to_next(self) -> float | None:
        """Seconds until something becomes ready by itself; None when nothing will."""
        moments = [heap[0][0] for heap in (self._later, self._deadlines) if heap]
        return max(0.0, min(moments) - time.monotonic()) if moments else None

    def drop(self, unwanted: Callable[[Stored], bool]) -> list[Delivery]:
        """Removes deliveries, leased or not, whose message is unwanted."""
        everything = list(self._ready) + [item[2] for item in self._later] + [x.delivery for x in self._leases.values()]
        everything += [d for waiting in self._keys.values() for d in itertools.islice(waiting, 1, None)]
        dropped = [delivery for delivery in everything if unwanted(delivery.message)]
        gone = {id(delivery) for delivery in dropped}
        self._ready = deque(d for d in self._ready if id(d) not in gone)
        self._later = [item for item in self._later if id(item[2]) not in gone]
        heapq.heapify(self._later)
        self._leases = {k: x for k, x in self._leases.items() if id(x.delivery) not in gone}
        for key in list(self._keys):
            self._keys[key] = deque(d for d in self._keys[key] if id(d) not in gone)
            if not self._keys[key]:
                del self._keys[key]
        return dropped

    def waiting(self) -> int:
        """Deliveries that can be leased now."""
        self._wake()
        return len(self._ready)

    def _wake(self) -> None:
        """Takes back what has run out and readies what has waited long enough."""
        now = time.monotonic()
        while self._deadlines and self._deadlines[0][0] <= now:
            _, ack_id = heapq.heappop(self._deadlines)
            lease = self._leases.get(ack_id)
            if lease is not None and lease.deadline <= now:
                self.give_back(ack_id)
        while self._later and self._later[0][0] <= now:
            self._ready.append(heapq.heappop(self._later)[2])

    def _next_of_key(self, delivery: Delivery) -> None:
        key = delivery.message.ordering_key
        waiting = self._keys.get(key) if key else None
        if not waiting:
            return
        waiting.popleft()
        if waiting:
            self._ready.append(waiting[0])
            self.changed.set()
        else:
            del self._keys[key]


def _seconds(duration: Any) -> float:
    return float(duration.seconds + duration.nanos / 1e9)
