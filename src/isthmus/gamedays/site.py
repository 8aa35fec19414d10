"""What faults are carried out on: a run of the local clouds, and the clock of the producers in this process."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from isthmus.local.endpoints import Endpoints
from isthmus.local.network import Network
from isthmus.local.proxy.client import ProxyClient
from isthmus.local.rundir import RunDirectory


@dataclass
class Clock:
    """A wall clock that can be set wrong.

    Attributes:
        skews: By how many seconds each fault sets it wrong.
    """

    skews: dict[str, float] = field(default_factory=dict)

    def now_ns(self) -> int:
        """Unix nanoseconds as a producer with this clock sees them."""
        return time.time_ns() + int(sum(self.skews.values()) * 1e9)


@dataclass(frozen=True)
class Site:
    """Where a game day takes place.

    Attributes:
        run: The run.
        endpoints: Where its clouds answer.
        proxy: Its fault proxies.
        clock: The producers'.
    """

    run: RunDirectory
    endpoints: Endpoints
    proxy: ProxyClient
    clock: Clock = field(default_factory=Clock)

    @classmethod
    def of(cls, run: RunDirectory) -> Site:
        """The site of a run that is up.

        Raises:
            NotUp: It isn't.
        """
        return cls(run, Endpoints.require(run), Network.of(run).proxy)
