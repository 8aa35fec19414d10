"""A clock that can run faster: health checks at thirty seconds then take one and a half."""

from __future__ import annotations

import asyncio
import contextlib
import time

SPEED_MAX = 60.0
"""Faster, and a probe takes longer than the time between two."""
WAIT_SECONDS_MIN = 2.0
"""What a probe waits for in real time at least: a fast clock makes no endpoint faster."""


class FastClock:
    """Sleeps by a clock whose speed may change while one sleeps."""

    def __init__(self) -> None:
        self._speed = 1.0
        self._changed = asyncio.Event()
        self._until: float | None = None

    @property
    def speed(self) -> float:
        """How many of its seconds pass in one."""
        if self._until is not None and time.monotonic() >= self._until:
            self._speed, self._until = 1.0, None
        return self._speed

    def run_at(self, speed: float, lease_seconds: float | None = None) -> None:
        """Changes the speed, for a while only where a lease is given: whoever asked may be killed."""
        self._speed = speed
        self._until = None if lease_seconds is None else time.monotonic() + lease_seconds
        self._changed.set()
        self._changed = asyncio.Event()

    async def sleep(self, seconds: float) -> None:
        """Sleeps so many of its seconds."""
        left = seconds
        while left > 0:
            speed, until, changed, began = self.speed, self._until, self._changed, time.monotonic()
            wait = left / speed if until is None else min(left / speed, max(0.0, until - began))
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(changed.wait(), wait)
            now = time.monotonic()
            late = 0.0 if until is None else max(0.0, now - until)  # after the lease, at its own pace again
            left -= (now - began - late) * speed + late

    def wait_seconds(self, seconds: float) -> float:
        """How long a probe waits in real time for what may take so many of its seconds."""
        return max(seconds / self.speed, min(seconds, WAIT_SECONDS_MIN))
