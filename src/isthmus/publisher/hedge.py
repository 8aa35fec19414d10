"""Hedging: a batch whose answer takes long is sent to another endpoint, too, and the first answer that decides counts.

Both requests carry the batch's key, so both make the same frames, and the archives keep one of each. Google's “The Tail
at Scale” (Dean and Barroso, 2013) is where the idea and the bound on it are from.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping

from isthmus.publisher.answers import Answer
from isthmus.publisher.batch import Batch
from isthmus.publisher.config import PublisherConfig
from isthmus.publisher.link import Link
from isthmus.publisher.pool import Pool

LOOK_SECONDS = 0.05
"""How soon another endpoint is looked for again after there was no place on any."""

_DECIDING = frozenset({"accepted", "rejected", "split"})


class Hedge:
    """Asks endpoints for the answer to a batch: one, and a second where the first takes long.

    A share of the requests may be hedged, and as many at once as are in flight when there was no need for a while:
    endpoints that are all slow, or an estimate that is wrong, can't double the traffic.

    Args:
        config: The publisher's configuration.
        pool: The endpoints.
        began: Called with the batch when a second request is made.
    """

    def __init__(self, config: PublisherConfig, pool: Pool, began: Callable[[Batch], None]) -> None:
        self._share = config.hedge_share
        # All that can be on its way when an endpoint begins to hang.
        in_flight = config.max_in_flight * len(config.endpoints)
        self._most = float(in_flight) if config.hedge_share else 0.0
        self._allowed = self._most
        self._pool = pool
        self._began = began

    async def ask(self, batch: Batch, link: Link) -> tuple[Answer, Link]:
        """Sends a batch to an endpoint on which it has a place, and to another one when that takes long.

        Returns:
            The answer, and whose it is.
        """
        self._allowed = min(self._most, self._allowed + self._share)
        first = asyncio.create_task(link.post(batch))
        asked = {first: link}
        try:
            second = await self._second(batch, link, first)
            if second is None:
                return await first, link
            asked[self._post_second(batch, second)] = second
            answer, by = await _deciding(asked)
            if by is second and answer.kind == "accepted":
                link.outrun()
            return answer, by
        finally:
            for task in asked:
                task.cancel()
            await asyncio.gather(*asked, return_exceptions=True)

    def _post_second(self, batch: Batch, link: Link) -> asyncio.Task[Answer]:
        task = asyncio.create_task(link.post(batch))
        # Whatever becomes of it, also when it is cancelled before it has begun.
        task.add_done_callback(lambda done: self._pool.release(link))
        return task

    async def _second(self, batch: Batch, link: Link, first: asyncio.Task[Answer]) -> Link | None:
        """Another endpoint's place, once the first takes long; None when it answered before there was one."""
        if len(self._pool.links) == 1:
            return None
        await asyncio.wait({first}, timeout=link.hedge_after())
        with link.late():
            while not first.done():
                second = self._pool.spare(batch, link) if self._allowed >= 1 else None
                if second is not None:
                    self._allowed -= 1
                    self._began(batch)
                    return second
                await asyncio.wait({first}, timeout=LOOK_SECONDS)
        return None


async def _deciding(asked: Mapping[asyncio.Task[Answer], Link]) -> tuple[Answer, Link]:
    """The first answer after which nothing is left to ask; the last one when none is."""
    waiting = set(asked)
    while True:
        done, waiting = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            if not waiting or task.result().kind in _DECIDING:
                return task.result(), asked[task]
