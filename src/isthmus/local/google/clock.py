"""The time that the whole local Google Cloud goes by: the machine's, and as much further as a test moved it."""

from __future__ import annotations

import math
import time
from pathlib import Path

_MOST_SECONDS = 100 * 366 * 86400


class Clock:
    """Time that can be moved forward, never back.

    Everything goes by it that happens by itself: deadlines, backoff, retention, lifecycle, rotation. What a client
    checks against its own clock (the tokens of push) does not.

    Args:
        path: Where it is kept how far the clock was moved, so that a restart doesn't turn it back; None keeps nothing.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        self._ahead_seconds = float(path.read_text()) if path is not None and path.exists() else 0.0

    def now(self) -> float:
        """Seconds since 1970."""
        return time.time() + self._ahead_seconds

    def now_ns(self) -> int:
        """Nanoseconds since 1970."""
        return time.time_ns() + int(self._ahead_seconds * 1e9)

    def monotonic(self) -> float:
        """Seconds since some moment, for deadlines."""
        return time.monotonic() + self._ahead_seconds

    def advance(self, seconds: float) -> None:
        """Moves the clock forward.

        Raises:
            ValueError: for no time at all, less, or more than a century.
        """
        if not math.isfinite(seconds) or not 0 < seconds <= _MOST_SECONDS:
            raise ValueError(f"the clock is moved by more than 0 and at most {_MOST_SECONDS} seconds, not by {seconds}")
        self._ahead_seconds += seconds
        if self._path is not None:
            part = self._path.with_suffix(".part")
            part.write_text(repr(self._ahead_seconds))
            part.replace(self._path)
