"""Where a frame goes: to the home broker, to the other one when home is out, over the bridge or not."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from isthmus.core.errors import Unavailable
from isthmus.core.frames import CLOUDS, Cloud, Frame
from isthmus.core.ports import Broker

COOL_DOWN_SECONDS = 5.0
"""How long a broker that failed is tried last. Ours: a tenth of a usual health check's time to act."""


def other(cloud: Cloud) -> Cloud:
    """Returns the other cloud."""
    return CLOUDS[1] if cloud == CLOUDS[0] else CLOUDS[0]


def crosses(frame: Frame, here: Cloud) -> bool:
    """Whether a cloud's bridge forwards a frame: only one that this cloud's broker held first, so nothing loops."""
    return frame.origin == here


@dataclass
class Dispatcher:
    """Publishes frames to the home broker, or to the other cloud's when home is out.

    A broker that failed is tried last for `cool_down_seconds`, so that requests don't each wait for its timeout.

    Attributes:
        brokers: The home broker first.
        cool_down_seconds: How long a failure is remembered.
        clock: Monotonic seconds.
    """

    brokers: Sequence[Broker]
    cool_down_seconds: float = COOL_DOWN_SECONDS
    clock: Callable[[], float] = time.monotonic
    _failed_at: dict[Cloud, float] = field(default_factory=dict)

    def publish(self, frame: Frame) -> Frame:
        """Publishes a frame and returns it with the origin that it got.

        Raises:
            Unavailable: when no broker has acknowledged it.
        """
        faults: list[str] = []
        for broker in sorted(self.brokers, key=lambda b: self._cooling(b.cloud)):
            routed = frame if frame.origin == broker.cloud else frame.from_cloud(broker.cloud)
            try:
                broker.publish(routed)
            except Unavailable as error:
                self._failed_at[broker.cloud] = self.clock()
                faults.append(f"{broker.cloud}: {error.what}")
            else:
                self._failed_at.pop(broker.cloud, None)
                return routed
        raise Unavailable(
            "no broker acknowledged the frame: " + "; ".join(faults),
            where=str(frame.id),
            fix="send the request again with the same Idempotency-Key",
        )

    def _cooling(self, cloud: Cloud) -> bool:
        failed = self._failed_at.get(cloud)
        return failed is not None and self.clock() - failed < self.cool_down_seconds
