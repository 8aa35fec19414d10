"""A pace: so many a second and no more, for work that must not crowd out the archive's own."""

from __future__ import annotations

import time
from collections.abc import Callable


class Pace:
    """Lets through at most a rate; what was not used is not saved up.

    Args:
        per_second: The rate; None for no limit.
        clock: Seconds of a clock that never goes back.
        sleep: Waits so many seconds.
    """

    def __init__(
        self,
        per_second: float | None,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._seconds = 1 / per_second if per_second else 0.0
        self._clock = clock
        self._sleep = sleep
        self._next = clock()

    def wait(self) -> None:
        """Waits for its turn."""
        if not self._seconds:
            return
        now = self._clock()
        if now < self._next:
            self._sleep(self._next - now)
        self._next = max(now, self._next) + self._seconds
