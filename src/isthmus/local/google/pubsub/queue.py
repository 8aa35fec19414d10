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

# The ids of a server's leases must not be those of the server before it.
_lease_numbers = itertools.count(time.time_ns())
_PUSH_BACKOFF_SECONDS = (0.1, 60.0)
"""Between a failed push and the next one where the subscription has no retry policy (Pub/Sub docs, 2026-11)."""


@dataclass(slots=True)
class Stored:
    """A published message, kept once for all subscriptions.

    Attributes:
        data: The payload; None when it is on the disk only.
        size_bytes: The payload's size.
        holders: Deliveries that are not acknowledged.
        kept: Whether it stays on the disk without holders, for a seek.
    """

    id: int
    topic: str
    data: bytes | None
    size_bytes: int
    attributes: Mapping[str, str]
    ordering_key: str
    published_ns: int
    holders: int = 0
    kept: bool = False


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
        on_exhausted: Called with a delivery that has had all its attempts; says whether it is gone to dead letters.
        clock: Seconds since some moment, for deadlines.
        gone: Whether the subscription was deleted.
    """

    config: Any
    on_exhausted: Callable[[Queue, Delivery], bool]
    clock: Callable[[], float] = time.monotonic
    matcher: Matcher = field(init=False)
    gone: bool = False
    _ready: deque[Delivery] = field(default_factory=deque)
    _later: list[tuple[float, int, Delivery]] = field(default_factory=list)
    _leases: dict[str, Lease] = field(default_factory=dict)
    _deadlines: list[tuple[float, str]] = field(default_factory=list)
    _keys: dict[str, deque[Delivery]] = field(default_factory=dict)
    _waiters: list[asyncio.Future[None]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.matcher = compile_filter(self.config.filter)

    def __len__(self) -> int:
        held_back = sum(len(waiting) - 1 for waiting in self._keys.values())
        return len(self._ready) + len(self._later) + len(self._leases) + held_back

    @property
    def name(self) -> str:
        """The subscription's name."""
        return str(self.config.name)

    @property
    def pushes(self) -> bool:
        """Whether messages are pushed to an endpoint."""
        return bool(self.config.push_config.push_endpoint)

    def add(self, delivery: Delivery) -> None:
        """Puts a new delivery in; one with an ordering key waits for those before it."""
        key = delivery.message.ordering_key
        if key and self.config.enable_message_ordering:
            waiting = self._keys.setdefault(key, deque())
            waiting.append(delivery)
            if len(waiting) > 1:
                return
        self._ready.append(delivery)
        self.notify()

    def lease(self, limit: int, seconds: float, limit_bytes: float = float("inf")) -> list[Lease]:
        """Hands out up to `limit` deliveries until a deadline, one at least whatever its size."""
        self.wake()
        taken: list[Lease] = []
        deadline, size = self.clock() + seconds, 0
        while self._ready and len(taken) < limit:
            size += self._ready[0].message.size_bytes
            if taken and size > limit_bytes:
                break
            delivery = self._ready.popleft()
            delivery.attempts += 1
            lease = Lease(f"{delivery.message.id:x}-{next(_lease_numbers):x}", delivery, deadline)
            self._leases[lease.ack_id] = lease
            heapq.heappush(self._deadlines, (deadline, lease.ack_id))
            taken.append(lease)
        return taken

    def holds(self, ack_id: str) -> bool:
        """Whether a lease is still going on."""
        return ack_id in self._leases

    def acknowledge(self, ack_id: str) -> Delivery | None:
        """Ends a delivery; None when the lease is over already."""
        lease = self._leases.pop(ack_id, None)
        if lease is None:
            return None
        self._next_of_key(lease.delivery)
        self.notify()
        return lease.delivery

    def extend(self, ack_id: str, seconds: float) -> bool:
        """Moves a lease's deadline; 0 seconds gives the delivery back at once. False when the lease is over."""
        lease = self._leases.get(ack_id)
        if lease is None:
            return False
        if seconds <= 0:
            self.give_back(ack_id)
            return True
        lease.deadline = self.clock() + seconds
        heapq.heappush(self._deadlines, (lease.deadline, ack_id))
        return True

    def give_back(self, ack_id: str) -> None:
        """Takes a delivery back: to dead letters after its last attempt, else to wait for its next one."""
        lease = self._leases.pop(ack_id, None)
        if lease is None:
            return
        delivery, policy = lease.delivery, self.config.dead_letter_policy
        exhausted = policy.dead_letter_topic and delivery.attempts >= policy.max_delivery_attempts
        if exhausted and self.on_exhausted(self, delivery):
            self._next_of_key(delivery)
        else:
            wait = self.backoff_seconds(delivery.attempts)
            heapq.heappush(self._later, (self.clock() + wait, next(_lease_numbers), delivery))
        self.notify()

    def backoff_seconds(self, attempts: int) -> float:
        """Seconds before a delivery's next attempt: exponential between the retry policy's bounds, else none."""
        shortest, longest = _PUSH_BACKOFF_SECONDS if self.pushes else (0.0, 0.0)
        if self.config.HasField("retry_policy"):
            policy = self.config.retry_policy
            shortest, longest = _seconds(policy.minimum_backoff), _seconds(policy.maximum_backoff)
        return float(min(longest, shortest * 2 ** min(attempts - 1, 30)))

    def drop(self, unwanted: Callable[[Stored], bool]) -> list[Delivery]:
        """Removes deliveries, leased or not, whose message is unwanted."""
        dropped = [delivery for delivery in self.deliveries() if unwanted(delivery.message)]
        gone = {id(delivery) for delivery in dropped}
        if gone:
            self._ready = deque(d for d in self._ready if id(d) not in gone)
            self._later = [item for item in self._later if id(item[2]) not in gone]
            heapq.heapify(self._later)
            self._leases = {k: x for k, x in self._leases.items() if id(x.delivery) not in gone}
            self._drop_of_keys(gone)
            self.notify()
        return dropped

    def replace(self, deliveries: list[Delivery]) -> None:
        """Starts over with these deliveries; every lease is over."""
        self._ready.clear()
        self._later.clear()
        self._leases.clear()
        self._deadlines.clear()
        self._keys.clear()
        for delivery in sorted(deliveries, key=lambda one: one.message.id):
            self.add(delivery)
        self.notify()

    def deliveries(self) -> list[Delivery]:
        """Everything that is not acknowledged, leased or not."""
        everything = [*self._ready, *(item[2] for item in self._later), *(x.delivery for x in self._leases.values())]
        for waiting in self._keys.values():
            everything += itertools.islice(waiting, 1, None)
        return everything

    def oldest_ns(self) -> int:
        """When the oldest message that is not acknowledged was published, Unix nanoseconds; 0 when there is none."""
        return min((delivery.message.published_ns for delivery in self.deliveries()), default=0)

    def waiting(self) -> int:
        """Deliveries that can be leased now."""
        self.wake()
        return len(self._ready)

    def wake(self) -> None:
        """Takes back what has run out and readies what has waited long enough."""
        now = self.clock()
        while self._deadlines and self._deadlines[0][0] <= now:
            _, ack_id = heapq.heappop(self._deadlines)
            lease = self._leases.get(ack_id)
            if lease is not None and lease.deadline <= now:
                self.give_back(ack_id)
        while self._later and self._later[0][0] <= now:
            self._ready.append(heapq.heappop(self._later)[2])

    def notify(self) -> None:
        """Wakes everyone who waits for a change."""
        waiters, self._waiters = self._waiters, []
        for waiter in waiters:
            if not waiter.done():
                waiter.set_result(None)

    async def change(self, seconds: float) -> None:
        """Waits until something happened or becomes due, at most so long."""
        moments = [heap[0][0] for heap in (self._later, self._deadlines) if heap]
        if moments:
            seconds = min(seconds, max(0.0, min(moments) - self.clock()) + 0.001)
        waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiters.append(waiter)
        await asyncio.wait((waiter,), timeout=seconds)
        if not waiter.done():
            waiter.cancel()
            self._waiters = [one for one in self._waiters if one is not waiter]

    async def until_ready(self, seconds: float) -> None:
        """Waits until something can be leased or the subscription is gone, at most so long."""
        end = self.clock() + seconds
        while not self.gone and not self.waiting() and (left := end - self.clock()) > 0:
            await self.change(left)

    def _drop_of_keys(self, gone: set[int]) -> None:
        for key in list(self._keys):
            head = self._keys[key][0]
            self._keys[key] = deque(d for d in self._keys[key] if id(d) not in gone)
            if not self._keys[key]:
                del self._keys[key]
            elif self._keys[key][0] is not head:
                self._ready.append(self._keys[key][0])

    def _next_of_key(self, delivery: Delivery) -> None:
        key = delivery.message.ordering_key
        waiting = self._keys.get(key) if key else None
        if not waiting or waiting[0] is not delivery:
            return
        waiting.popleft()
        if waiting:
            self._ready.append(waiting[0])
        else:
            del self._keys[key]


def _seconds(duration: Any) -> float:
    return float(duration.seconds + duration.nanos / 1e9)
