"""The publisher on asyncio: the one implementation; `threaded` puts a blocking face on it."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import random
import time
from collections.abc import AsyncIterable, Iterable
from concurrent.futures import ThreadPoolExecutor
from types import TracebackType

from isthmus.publisher.answers import Answer
from isthmus.publisher.batch import Batch
from isthmus.publisher.config import PublisherConfig
from isthmus.publisher.delivery import Delivery, Job, OnAccepted, OnRejected
from isthmus.publisher.encoding import EventLike, encode
from isthmus.publisher.errors import Closed, SpoolFault, Undelivered
from isthmus.publisher.outbox import Outbox
from isthmus.publisher.pool import Pool
from isthmus.publisher.spool import Row, Spool
from isthmus.publisher.stats import Stats, Tally, percentile

log = logging.getLogger("isthmus.publisher")
CHUNK_EVENTS = 500
_DRAIN_AT_ONCE = 4


class AsyncPublisher:
    """Sends events to the ingests of both clouds and loses none of them.

    Args:
        config: How.
        on_accepted: Is given each batch's acknowledged events, the seconds since its first request, and the endpoint.
        on_rejected: Is given the events that won't be stored, each with its reason. Both are called on the event loop.
    """

    def __init__(
        self, config: PublisherConfig, *, on_accepted: OnAccepted | None = None, on_rejected: OnRejected | None = None
    ) -> None:
        self._config = config
        self._callbacks = (on_accepted, on_rejected)
        self.outbox = Outbox(config)
        self._tally = Tally()
        self._jobs: set[Job] = set()
        self._tasks: list[asyncio.Task[None]] = []
        self._flushing = 0
        self._spool: Spool | None = None
        self.closed = False

    async def start(self) -> None:
        """Opens the spool and begins to work; `async with` does it.

        Raises:
            SpoolFault: when the spool can't be opened.
        """
        if self._config.spool_path is not None:
            self._spool = Spool(self._config.spool_path, self._config.max_spool_bytes)
        self._wake, self._progress, self._spooled = asyncio.Event(), asyncio.Event(), asyncio.Event()
        self._spooled.set()
        self._disk = ThreadPoolExecutor(1, thread_name_prefix="isthmus-spool")
        self._pool = Pool(self._config)
        self._delivery = Delivery(self._config, self._pool, self._tally, *self._callbacks)
        workers = len(self._config.endpoints) * self._config.max_in_flight
        self._tasks = [asyncio.create_task(self._work()) for _ in range(workers)]
        if self._spool is not None:
            self._tasks.append(asyncio.create_task(self._drain(self._spool)))

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
        await self._put([encode(event)])

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
        lines.append(encode(event))
        if len(lines) < CHUNK_EVENTS:
            return lines
        await self._put(lines)
        await asyncio.sleep(0)
        return []

    async def _put(self, lines: list[bytes]) -> None:
        start = 0
        while start < len(lines):
            if self.closed:
                raise Closed("the publisher is closed", fix="make another one")
            taken, wake = self.outbox.offer(lines, start)
            start += taken
            if wake:
                self._wake.set()
            if start < len(lines):
                await self._wait_for_progress(1.0)

    def wake(self) -> None:
        """Tells the workers that a batch is there or begun; on the loop."""
        self._wake.set()

    async def _work(self) -> None:
        while True:
            job = Job([await self._next_batch()])
            self._jobs.add(job)
            await self._finish(job)
            self._jobs.discard(job)

    async def _next_batch(self) -> Batch:
        while True:
            self._wake.clear()
            batch = self.outbox.take(force=self._flushing > 0)
            if batch is not None:
                return batch
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self.outbox.due_in()):
                    await self._wake.wait()

    async def _finish(self, job: Job) -> None:
        while job.pending:
            try:
                await self._delivery.run(job, self._settle)
            except Exception:
                log.exception("delivering a batch failed; it is tried again")
            if job.pending and not await self._put_away(job):
                await self._pause()

    async def _put_away(self, job: Job) -> bool:
        """Spools what is left of a job; False when there is no spool, or no room in it."""
        if self._spool is None:
            return False
        batches = list(job.pending)
        try:
            if not await self._on_disk(self._spool.add, batches):
                self._tally.spool_fault = "the spool is full"
                return False
        except SpoolFault as fault:
            self._tally.spool_fault = str(fault)
            return False
        self._tally.spool_fault = ""
        self._tally.spooled_total += sum(map(len, batches))
        job.pending.clear()
        for batch in batches:
            self._settle(len(batch), batch.size_bytes)
        self._spooled.set()
        return True

    async def _on_disk[**P, R](self, call: object, *arguments: object) -> object: ...

    def _settle(self, events: int, size_bytes: int) -> None:
        if events:
            self.outbox.settle(events, size_bytes)
            self._progress.set()

    async def _pause(self) -> None:
        await asyncio.sleep(random.uniform(0, self._config.cool_down_seconds))  # noqa: S311 - no secret

    async def _drain(self, spool: Spool) -> None:
        """Sends what is in the spool, oldest first, whenever an endpoint is back."""
        while True:
            await self._spooled.wait()
            await self._pool.usable()
            self._spooled.clear()
            try:
                await self._drain_some(spool)
            except SpoolFault as fault:
                self._tally.spool_fault = str(fault)
                await self._pause()
            if spool.events:
                self._spooled.set()

    async def _drain_some(self, spool: Spool) -> None:
        rows = await self._on_disk(spool.oldest, _DRAIN_AT_ONCE)
        done = await asyncio.gather(*(self._drain_one(spool, row) for row in rows))
        self._progress.set()
        if rows and not any(done):
            await self._pause()

    async def _drain_one(self, spool: Spool, row: Row) -> bool:
        job = Job([row.batch])
        await self._delivery.run(job, lambda events, size_bytes: None)
        if job.pending == [row.batch]:
            return False
        await self._on_disk(spool.replace, row, list(job.pending))
        return True
