"""A resolver beside the load: looks the ingest's name up again and again, at whichever provider answers."""

from __future__ import annotations

import asyncio
import threading
import time
from dataclasses import dataclass

from isthmus.local.dns.resolvers import ask
from isthmus.local.dns.views import Provider


@dataclass(frozen=True)
class Lookup:
    """One lookup.

    Attributes:
        at: When it began, monotonic seconds.
        seconds: How long it took.
        addresses: What was answered; empty where nobody did.
    """

    at: float
    seconds: float
    addresses: tuple[str, ...]


class Lookups:
    """Looks a name up on a thread of its own: a new lookup each time, without a cache, which is the worst case.

    As a resolver does with the name servers of a delegation, it asks another one where one says nothing, and goes on
    with the one that answered last.

    Args:
        providers: Those that have the zone.
        every_seconds: From the beginning of one lookup to that of the next.
    """

    def __init__(self, providers: dict[str, Provider], every_seconds: float) -> None:
        self.done: list[Lookup] = []
        self._providers = list(providers.values())
        self._every = every_seconds
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="isthmus-lookups", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Ends it; may be called twice."""
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stop.is_set():
            began = time.monotonic()
            addresses = asyncio.run(self._look_up())
            self.done.append(Lookup(began, time.monotonic() - began, addresses))
            self._stop.wait(max(0.0, began + self._every - time.monotonic()))

    async def _look_up(self) -> tuple[str, ...]:
        for provider in list(self._providers):
            answer = await ask(provider.port, provider.ingest.name)
            if answer is not None and answer.addresses:
                return answer.addresses
            # Asked last from now on.
            self._providers.remove(provider)
            self._providers.append(provider)
        return ()
