"""Resolvers as senders have them: each asks one provider, keeps the answer for its time to live, and asks again.

They are real clients of the authorities: dnspython's messages over UDP, over TCP where an answer is cut short.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import dns.asyncquery
import dns.exception
import dns.message
import dns.rcode
import dns.rdatatype

from isthmus.local.ports import HOST

TIMEOUT_SECONDS = 1.0


@dataclass(frozen=True)
class Answer:
    """An answer: its addresses, how long it may be kept, and the response code where it isn't NOERROR."""

    addresses: tuple[str, ...]
    ttl: int
    rcode: str = "NOERROR"


@dataclass(frozen=True)
class Held:
    """What a resolver hands to senders from one moment to another, in seconds of `time.time()`."""

    addresses: tuple[str, ...]
    since: float
    until: float


async def ask(port: int, name: str, kind: str = "A") -> Answer | None:
    """Asks an authority; None when it doesn't answer in time."""
    query = dns.message.make_query(name, kind, use_edns=0)
    try:
        reply, _ = await dns.asyncquery.udp_with_fallback(query, HOST, TIMEOUT_SECONDS, port)
    except (dns.exception.Timeout, OSError):
        return None
    wanted = dns.rdatatype.from_text(kind)
    sets = [found for found in reply.answer if found.rdtype == wanted]
    values = tuple(sorted(record.to_text() for found in sets for record in found))
    return Answer(values, min((found.ttl for found in sets), default=0), dns.rcode.to_text(reply.rcode()))


@dataclass
class Resolver:
    """One resolver with one name in its cache; `history` has what it handed out, the newest last."""

    port: int
    name: str
    history: list[Held] = field(default_factory=list)

    def now(self) -> Held | None:
        """What it hands out at the moment."""
        return self.history[-1] if self.history else None

    async def run(self, speed: float, begin_after_seconds: float) -> None:
        """Asks whenever its answer is too old, as one does that is used all the time."""
        await asyncio.sleep(begin_after_seconds)
        while True:
            since = time.time()
            answer = await ask(self.port, self.name)
            if answer is None or not answer.addresses:
                await asyncio.sleep(TIMEOUT_SECONDS / speed)
                continue
            self.history.append(Held(answer.addresses, since, time.time() + answer.ttl / speed))
            await asyncio.sleep(max(0.0, self.history[-1].until - time.time()))


@asynccontextmanager
async def fleet(port: int, name: str, ttl: int, speed: float, count: int) -> AsyncIterator[Sequence[Resolver]]:
    """Runs resolvers whose answers run out evenly over the time to live, one after the other."""
    resolvers = [Resolver(port, name) for _ in range(count)]
    tasks = [
        asyncio.create_task(resolver.run(speed, number / count * ttl / speed))
        for number, resolver in enumerate(resolvers)
    ]
    try:
        yield resolvers
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
