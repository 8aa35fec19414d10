"""Delivering a batch: over retries, both clouds, splits and partial answers, until every event of it is answered."""

from __future__ import annotations

import asyncio
import logging
import random
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from isthmus.core import uuid7
from isthmus.core.spans import Tracer
from isthmus.publisher import tracing
from isthmus.publisher.answers import Answer, RejectedEvent
from isthmus.publisher.batch import Batch
from isthmus.publisher.config import PublisherConfig
from isthmus.publisher.hedge import Hedge
from isthmus.publisher.link import Link
from isthmus.publisher.pool import Pool
from isthmus.publisher.stats import Tally

log = logging.getLogger("isthmus.publisher")

OnAccepted = Callable[[Sequence[bytes], float, str], None]
"""Is given the events that an ingest acknowledged, the seconds since the first request, and the endpoint's name."""

OnRejected = Callable[[Sequence[RejectedEvent]], None]
"""Is given the events that won't be stored."""


@dataclass(eq=False)
class Job:
    """What is still to be delivered of a batch: itself, or the parts that it fell into.

    Attributes:
        pending: What is left.
        first: The batch.
    """

    pending: list[Batch]
    first: Batch = field(init=False)

    def __post_init__(self) -> None:
        self.first = self.pending[0]


@dataclass
class Delivery:
    """Delivers batches and reports what became of their events.

    Attributes:
        config: The publisher's configuration.
        pool: The endpoints.
        tally: Where it counts.
        on_accepted: See `OnAccepted`.
        on_rejected: See `OnRejected`.
        tracer: Begins the span of each batch.
    """

    config: PublisherConfig
    pool: Pool
    tally: Tally
    on_accepted: OnAccepted | None
    on_rejected: OnRejected | None
    tracer: Tracer = field(default_factory=Tracer)
    _hedge: Hedge = field(init=False)

    def __post_init__(self) -> None:
        self._hedge = Hedge(self.config, self.pool, self._hedged)

    async def run(self, job: Job, settle: Callable[[int, int], None]) -> None:
        """Delivers what is pending; what is left in `job.pending` after it could not be, and may be spooled.

        Args:
            job: Changed as parts of it are answered, so that it is right whenever this is cancelled.
            settle: Called with the number and bytes of events that were answered.
        """
        until = time.monotonic() + self.config.spool_after_seconds
        while job.pending and not (job.pending[0].attempts and time.monotonic() >= until):
            batch = job.pending[0]
            link = await self.pool.acquire(batch, until)
            if link is None:
                return
            try:
                answer, by = await self._ask(link, batch)
            finally:
                self.pool.release(link)
            left = self._judge(batch, answer, by)
            job.pending[0:1] = left
            if batch not in left:
                batch.answered("split" if left else answer.kind)
            settle(len(batch) - sum(map(len, left)), batch.size_bytes - sum(part.size_bytes for part in left))
            if answer.kind == "retry" or answer.again:
                await self._back_off(left[0])

    async def _ask(self, link: Link, batch: Batch) -> tuple[Answer, Link]:
        batch.renew(self.config.key_max_age_seconds, self.config.clock_ns())
        if batch.span is None:
            batch.span = tracing.begin(self.tracer, batch)
        if batch.first_tried is None:
            batch.first_tried, batch.tried = time.monotonic(), link.name
        else:
            self.tally.retries += 1
        batch.attempts += 1
        self.tally.requests += 1
        return await self._hedge.ask(batch, link)

    def _hedged(self, batch: Batch) -> None:
        batch.attempts += 1
        self.tally.requests += 1
        self.tally.retries += 1
        self.tally.hedged += 1

    def _judge(self, batch: Batch, answer: Answer, link: Link) -> list[Batch]:
        """Reports what is decided of a batch, and returns what is left to send."""
        if answer.kind == "accepted":
            return self._accepted(batch, answer, link)
        if answer.kind == "split":
            return batch.halves()
        if answer.kind == "retry":
            batch.avoid = link.name
            return [batch]
        if answer.kind == "refused":
            batch.refused_by[link.name] = answer.detail
            if len(batch.refused_by) < len(self.pool.links):
                return [batch]
        if answer.kind == "stale-key" and not batch.rekeyed:
            # This machine's clock and the ingest's differ: take the ingest's.
            batch.key, batch.rekeyed = uuid7.new(answer.server_ms), True
            return [batch]
        self.reject(batch.lines, answer, link.name)
        return []

    def _accepted(self, batch: Batch, answer: Answer, link: Link) -> list[Batch]:
        exceptions = answer.rejected.keys() | set(answer.again)
        good = [line for i, line in enumerate(batch.lines) if i not in exceptions] if exceptions else batch.lines
        seconds = time.monotonic() - (batch.first_tried or 0.0)
        self.tally.accepted += len(good)
        self.tally.duplicates += answer.duplicates
        self.tally.accepted_by[link.name] += len(good)
        self.tally.latencies.append(seconds)
        self.tally.failovers += link.name != batch.tried
        if good and self.on_accepted is not None:
            self._call(self.on_accepted, good, seconds, link.name)
        if answer.rejected:
            self._report(_rejections(batch.lines, answer.rejected, link.name))
        return [batch.part(answer.again)] if answer.again else []

    def reject(self, lines: Sequence[bytes], answer: Answer, endpoint: str) -> None:
        """Reports events that as a whole won't be stored."""
        code = f"status-{answer.status}" if answer.status else "undelivered"
        reasons: Mapping[int, tuple[str, str, str]] = dict.fromkeys(range(len(lines)), (answer.detail, "", code))
        self._report(_rejections(lines, {**reasons, **answer.rejected}, endpoint))

    def _report(self, rejected: list[RejectedEvent]) -> None:
        self.tally.rejected += len(rejected)
        if self.on_rejected is not None:
            self._call(self.on_rejected, rejected)
        else:
            first = rejected[0]
            log.warning("%d rejected; the first: %s: %s", len(rejected), first.attribute or "event", first.reason)

    def _call(self, callback: Callable[..., None], *arguments: object) -> None:
        """A callback's error is its own: it must not stop the events behind it."""
        try:
            callback(*arguments)
        except Exception:
            log.exception("a callback of the publisher failed")

    async def _back_off(self, batch: Batch) -> None:
        """Waits before a retry, at random up to a bound that doubles; not at all when an untried endpoint is well."""
        if batch.attempts < len(self.pool.links) and not self.pool.all_out:
            return
        bound = min(self.config.retry_cap_seconds, self.config.retry_base_seconds * 2.0 ** min(batch.attempts, 16))
        await asyncio.sleep(random.uniform(0, bound))  # noqa: S311 - spreads retries, keeps no secret


def _rejections(
    lines: Sequence[bytes], reasons: Mapping[int, tuple[str, str, str]], endpoint: str
) -> list[RejectedEvent]:
    return [
        RejectedEvent(lines[i], reason, attribute, code, endpoint) for i, (reason, attribute, code) in reasons.items()
    ]
