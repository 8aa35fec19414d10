"""The endpoints together: which one gets the next request."""

from __future__ import annotations

import asyncio
import time

from isthmus.publisher.batch import Batch
from isthmus.publisher.config import PublisherConfig
from isthmus.publisher.link import Link


class Pool:
    """The endpoints of a publisher; used on its loop only."""

    def __init__(self, config: PublisherConfig) -> None:
        self._change = asyncio.Event()
        self.links = [Link(endpoint, config, self.changed) for endpoint in config.endpoints]

    def changed(self) -> None:
        """Wakes everyone who waits for an endpoint."""
        change, self._change = self._change, asyncio.Event()
        change.set()

    @property
    def all_out(self) -> bool:
        """Whether no endpoint can be reached."""
        return all(link.circuit.state == "open" for link in self.links)

    async def acquire(self, batch: Batch, until: float) -> Link | None:
        """Takes a place on the endpoint for a batch: the least busy that is well, not the one that just failed.

        Args:
            batch: What will be sent.
            until: Monotonic time to wait for at most.

        Returns:
            The endpoint, to be given back by `release`; None when all are out or the time is up.
        """
        while True:
            now = time.monotonic()
            link = self._pick(batch, now)
            if link is not None:
                return self._take(link, now)
            if self.all_out or now >= until:
                return None
            await self._wait(min(until, self._next_start(now)) - now)

    def _pick(self, batch: Batch, now: float) -> Link | None:
        usable = [link for link in self.links if link.usable(now) and link.name not in batch.refused_by]
        if not usable:
            return None
        return min(
            usable, key=lambda link: (link.name == batch.avoid, link.lagging > 0, link.in_flight, link.last_used)
        )

    def spare(self, batch: Batch, besides: Link) -> Link | None:
        """Takes a place on another endpoint that is well and not slow itself, for a batch that one already has."""
        now = time.monotonic()
        others = [link for link in self.links if link is not besides and link.circuit.state == "closed"]
        usable = [link for link in others if link.usable(now) and not link.lagging]
        usable = [link for link in usable if link.name not in batch.refused_by]
        return self._take(min(usable, key=lambda link: link.in_flight), now) if usable else None

    def _take(self, link: Link, now: float) -> Link:
        link.in_flight += 1
        link.last_used = now
        return link

    def _next_start(self, now: float) -> float:
        return min((link.not_before for link in self.links if link.not_before > now), default=now + 5.0)

    async def _wait(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(max(seconds, 0.001)):
                await self._change.wait()
        except TimeoutError:
            return

    async def usable(self) -> None:
        """Waits until an endpoint isn't out."""
        while self.all_out:
            await self._wait(5.0)

    def release(self, link: Link) -> None:
        """Gives a place back."""
        link.in_flight -= 1
        self.changed()

    async def close(self) -> None:
        """Closes every endpoint's connections."""
        await asyncio.gather(*(link.close() for link in self.links))
