"""The publisher on asyncio: the one implementation; `threaded` puts a blocking face on it."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import random
import time
from collections.abc import AsyncIterable, Callable, Iterable
from pathlib import Path
from types import TracebackType

from isthmus.adapters.traces import configured
from isthmus.core.spans import Tracer
from isthmus.core.trace import TraceContext
from isthmus.publisher.answers import Answer
from isthmus.publisher.batch import Batch
from isthmus.publisher.config import PublisherConfig
from isthmus.publisher.delivery import Delivery, Job, OnAccepted, OnRejected
from isthmus.publisher.encoding import EventLike, encode
from isthmus.publisher.errors import SpoolFault, Undelivered
from isthmus.publisher.outbox import Outbox
from isthmus.publisher.pool import Pool
from isthmus.publisher.spool import Spool
from isthmus.publisher.stats import Stats, Tally, percentile
from isthmus.publisher.storage import Storage
from isthmus.publisher.tracing import ambient, stamp

log = logging.getLogger("isthmus.publisher")
CHUNK_EVENTS = 500
CLOSE_SECONDS = 10.0


class AsyncPublisher:
    """Sends events to the ingests of both clouds and loses none of them.

    Args:
        config: How.
        on_accepted: Is given each batch's acknowledged events, the seconds since its first request, and the endpoint.
        on_rejected: Is given the events that won't be stored, each with its reason. Both are called on the event loop.
        tracer: Records its spans; what OpenTelemetry's environment variables say unless given.
    """

    def __init__(
        self,
        config: PublisherConfig,
        *,
        on_accepted: OnAccepted | None = None,
        on_rejected: OnRejected | None = None,
        tracer: Tracer | None = None,
    ) -> None:
        self.outbox = Outbox(config)
        self._config = config
        self._callbacks = (on_accepted, on_rejected)
        self._tracer = configured.tracer("isthmus-publisher") if tracer is None else tracer
        self._tally = Tally()
        self._jobs: set[Job] = set()
        self._tasks: list[asyncio.Task[None]] = []
        self._flushing = 0
        self._storage: Storage | None = None
        self._wake, self._progress = asyncio.Event(), asyncio.Event()

    async def start(self) -> None:
        """Opens the spool and begins to work; `async with` does it.

        Raises:
            SpoolFault: when the spool can't be opened.
        """
        config = self._config
        spool = Spool(Path(config.spool_path), config.max_spool_bytes) if config.spool_path else None
        self._pool = Pool(config)
        self._delivery = Delivery(config, self._pool, self._tally, *self._callbacks, self._tracer)
        workers = len(config.endpoints) * config.max_in_flight
        self._tasks = [asyncio.create_task(self._work()) for _ in range(workers)]
        if spool is not None:
            self._storage = Storage(spool, self._pool, self._delivery, self._tally, self._progress.set)
            self._tasks.append(asyncio.create_task(self._storage.drain()))

    async def __aenter__(self) -> AsyncPublisher:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def send(self, event: EventLike) -> None:
        """Takes an event; waits while the buffer is full.

        Raises:
            InvalidEvent: when it can't be a CloudEvent in JSON.
            Closed: when the publisher is.
        """
        await self._put([self.line(event, ambient())])

    def line(self, event: EventLike, context: TraceContext | None) -> bytes:
        """Returns an event as one line of JSON, with the trace that it is sent in."""
        return stamp(encode(event), context) if self._config.stamp_traceparent else encode(event)

    @property
    def closed(self) -> bool:
        """Whether it takes no more events."""
        return self.outbox.closed

    async def send_many(self, events: Iterable[EventLike] | AsyncIterable[EventLike]) -> None:
        """Takes many events; otherwise as `send`. Those before an invalid one are sent."""
        lines: list[bytes] = []
        try:
            if isinstance(events, AsyncIterable):
                async for event in events:
                    lines = await self._collect(lines, event)
            else:
                for event in events:
                    lines = await self._collect(lines, event)
        finally:
            await self._put(lines)

    async def _collect(self, lines: list[bytes], event: EventLike) -> list[bytes]:
        lines.append(self.line(event, ambient()))
        if len(lines) < CHUNK_EVENTS:
            return lines
        await self._put(lines)
        await asyncio.sleep(0)
        return []

    async def _put(self, lines: list[bytes]) -> None:
        start, context = 0, ambient()
        while start < len(lines):
            self._progress.clear()
            taken, wake = self.outbox.offer(lines, start, context)
            start += taken
            if wake:
                self.wake()
            if start < len(lines):
                await _wait(self._progress, 1.0)

    def wake(self) -> None:
        """Tells the workers that a batch is there or begun; on the loop."""
        self._wake.set()

    async def _work(self) -> None:
        while True:
            job = Job([await self._next_batch()])
            self._jobs.add(job)
            await self._finish(job)
            self._jobs.discard(job)
            self._progress.set()

    async def _next_batch(self) -> Batch:
        while True:
            self._wake.clear()
            batch = self.outbox.take(force=self._flushing > 0)
            if batch is not None:
                return batch
            await _wait(self._wake, self.outbox.due_in())

    async def _finish(self, job: Job) -> None:
        while job.pending:
            try:
                await self._delivery.run(job, self._settle)
            except Exception:
                log.exception("delivering a batch failed; it is tried again")
            if job.pending and not await self._put_away(job):
                await asyncio.sleep(random.uniform(0, self._config.cool_down_seconds))  # noqa: S311 - no secret

    async def _put_away(self, job: Job) -> bool:
        if self._storage is None or not await self._storage.put_away(job.pending):
            return False
        batches, job.pending = job.pending, []
        for batch in batches:
            batch.answered("spooled")
            self._settle(len(batch), batch.size_bytes)
        return True

    def _settle(self, events: int, size_bytes: int) -> None:
        if events:
            self.outbox.settle(events, size_bytes)
            self._progress.set()

    async def flush(self, timeout: float | None = None) -> bool:
        """Sends what is buffered at once and waits until every event that was sent before is answered.

        What is in the spool counts as sent before. What is sent meanwhile is not waited for.

        Returns:
            True when nothing of it is left; False when something still was after `timeout` seconds.
        """
        mine = {*self.outbox.seal(), *(job.first for job in self._jobs)}
        return await self._settled(timeout, lambda: mine.isdisjoint(self._unanswered()) and not self.spooled)

    def _unanswered(self) -> list[Batch]:
        return [*self.outbox.waiting(), *(job.first for job in self._jobs)]

    async def _settled(self, timeout: float | None, done: Callable[[], bool], *, force: bool = False) -> bool:
        end = None if timeout is None else time.monotonic() + timeout
        self._flushing += force
        self.wake()
        try:
            while not done():
                left = 0.1 if end is None else min(0.1, end - time.monotonic())
                if left <= 0:
                    return False
                self._progress.clear()
                await _wait(self._progress, left)
            return True
        finally:
            self._flushing -= force

    @property
    def spooled(self) -> int:
        """Events in the spool."""
        return self._storage.events if self._storage else 0

    async def close(self, timeout: float = CLOSE_SECONDS) -> None:
        """Takes no more events, delivers what it can, spools the rest.

        Args:
            timeout: Seconds to deliver what is buffered. While no ingest can be reached, what is left is spooled at
                once.

        Raises:
            Undelivered: when events could neither be delivered nor spooled; `on_rejected` has got them.
        """
        if not self.outbox.close():
            return
        self._progress.set()
        done = lambda: not self.outbox.held or (self._storage is not None and self._pool.all_out)  # noqa: E731
        await self._settled(timeout, done, force=True)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        try:
            self._give_up(self._leftovers())
        finally:
            await asyncio.to_thread(self._tracer.flush)
            await self._pool.close()
            if self._storage is not None:
                self._storage.close()

    def _leftovers(self) -> list[Batch]:
        left = [batch for job in self._jobs for batch in job.pending]
        while (batch := self.outbox.take(force=True)) is not None:
            left.append(batch)
        return sorted(left, key=lambda batch: batch.key)

    def _give_up(self, left: list[Batch]) -> None:
        if not left:
            return
        why = "no ingest could be reached, and there is no spool"
        try:
            if self._storage is not None:
                self._storage.put_away_now(left)
                return
        except SpoolFault as fault:
            why = f"no ingest could be reached; {fault}"
        finally:
            for batch in left:
                batch.answered("left")
                self._settle(len(batch), batch.size_bytes)
        for batch in left:
            self._delivery.reject(batch.lines, Answer("rejected", why), "")
        raise Undelivered(f"{sum(map(len, left)):,} events are not delivered: {why}", fix="send them again")

    def stats(self) -> Stats:
        """Returns the figures of this moment."""
        tally, latencies = self._tally, list(self._tally.latencies)
        links = self._pool.links
        return Stats(
            sent=self.outbox.sent,
            accepted=tally.accepted,
            rejected=tally.rejected,
            duplicates=tally.duplicates,
            buffered=self.outbox.held,
            spooled=self.spooled,
            spooled_total=tally.spooled_total,
            requests=tally.requests,
            retries=tally.retries,
            hedged=tally.hedged,
            failovers=tally.failovers,
            in_flight=sum(link.in_flight for link in links),
            accept_p50_seconds=percentile(latencies, 0.5),
            accept_p99_seconds=percentile(latencies, 0.99),
            accepted_by=dict(tally.accepted_by),
            out={link.name: link.circuit.reason for link in links if link.circuit.state == "open"},
            spool_fault=tally.spool_fault,
        )


async def _wait(event: asyncio.Event, seconds: float | None) -> None:
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await event.wait()
