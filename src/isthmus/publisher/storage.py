"""Putting batches away when no ingest can be reached, and sending them, oldest first, when one is back."""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

from isthmus.publisher.batch import Batch
from isthmus.publisher.delivery import Delivery, Job
from isthmus.publisher.errors import SpoolFault
from isthmus.publisher.pool import Pool
from isthmus.publisher.spool import Row, Spool
from isthmus.publisher.stats import Tally

log = logging.getLogger("isthmus.publisher")
_AT_ONCE = 4
_PAUSE_SECONDS = 0.5
P = ParamSpec("P")
R = TypeVar("R")


class Storage:
    """The spool at work beside the requests; its disk writes happen on a thread of their own.

    Args:
        spool: The file.
        pool: The endpoints.
        delivery: Sends what is taken out again.
        tally: Where it counts.
        progress: Called whenever something was taken out.
    """

    def __init__(
        self, spool: Spool, pool: Pool, delivery: Delivery, tally: Tally, progress: Callable[[], None]
    ) -> None:
        self._spool = spool
        self._pool = pool
        self._delivery = delivery
        self._tally = tally
        self._progress = progress
        self._disk = ThreadPoolExecutor(1, thread_name_prefix="isthmus-spool")
        self._max_age_seconds = delivery.config.key_max_age_seconds
        self._filled = asyncio.Event()
        self._filled.set()

    @property
    def events(self) -> int:
        """Events in the spool."""
        return self._spool.events

    async def put_away(self, batches: Sequence[Batch]) -> bool:
        """Spools batches; True once they are safe on disk, False when there is no room or the disk fails."""
        try:
            if not await self._on_disk(self._spool.add, batches):
                self._tally.spool_fault = "the spool is full"
                return False
        except SpoolFault as fault:
            self._tally.spool_fault = str(fault)
            return False
        self._noted(batches)
        self._filled.set()
        return True

    def put_away_now(self, batches: Sequence[Batch]) -> None:
        """Spools batches whatever its bounds, behind writes that are under way: what `close` does last.

        Raises:
            SpoolFault: when the disk fails.
        """
        self._disk.submit(self._spool.add, batches, bounded=False).result()
        self._noted(batches)

    def _noted(self, batches: Sequence[Batch]) -> None:
        self._tally.spool_fault = ""
        self._tally.spooled_total += sum(map(len, batches))

    async def _on_disk(self, call: Callable[P, R], *arguments: P.args, **options: P.kwargs) -> R:
        return await asyncio.get_running_loop().run_in_executor(self._disk, lambda: call(*arguments, **options))

    async def drain(self) -> None:
        """Sends what is in the spool, oldest first, whenever an endpoint is well; runs until cancelled."""
        while True:
            await self._filled.wait()
            self._filled.clear()
            await self._pool.usable()
            try:
                moved = await self._drain_some()
                await self._on_disk(self._count)
            except Exception as fault:
                self._tally.spool_fault = str(fault)
                log.exception("draining the spool failed; it is tried again")
                moved = False
            self._progress()
            if self._spool.events:
                self._filled.set()
                await asyncio.sleep(0 if moved else random.uniform(0, _PAUSE_SECONDS))  # noqa: S311 - no secret

    async def _drain_some(self) -> bool:
        if not await self._on_disk(self._spool.may_drain):
            return False
        rows = await self._on_disk(self._spool.oldest, _AT_ONCE)
        outcomes = await asyncio.gather(*map(self._drain_one, rows), return_exceptions=True)
        for outcome in outcomes:
            if isinstance(outcome, BaseException):
                raise outcome
        return any(outcomes)

    def _count(self) -> None:
        self._spool.refresh()
        if not self._spool.events:
            self._spool.end_drain()

    async def _drain_one(self, row: Row) -> bool:
        if row.batch.renew(self._max_age_seconds):
            await self._on_disk(self._spool.rekey, row)
        job = Job([row.batch])
        await self._delivery.run(job, lambda events, size_bytes: None)
        if job.pending == [row.batch]:
            return False
        await self._on_disk(self._spool.replace, row, list(job.pending))
        return True

    def close(self) -> None:
        """Waits for the last write and closes the file."""
        self._disk.shutdown()
        self._spool.close()
