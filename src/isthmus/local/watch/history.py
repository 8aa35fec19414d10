"""What was measured: an hour of figures in memory, and the minutes of every objective on the disk."""

from __future__ import annotations

import sqlite3
import threading
from collections import deque
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

from isthmus.core.objectives import Count
from isthmus.local.watch.totals import Series

KEPT_SECONDS = 3600
_SCHEMA = """
CREATE TABLE IF NOT EXISTS minutes (
  slo TEXT, cloud TEXT, minute INTEGER, bad REAL, total REAL, PRIMARY KEY (slo, cloud, minute)
) WITHOUT ROWID
"""

Values = Mapping[Series, float]


class Samples:
    """The figures of the last hour."""

    def __init__(self) -> None:
        self._kept: deque[tuple[float, Values]] = deque()

    def add(self, now: float, values: Values) -> None:
        """Adds the figures of a moment."""
        self._kept.append((now, values))
        while self._kept[0][0] < now - KEPT_SECONDS:
            self._kept.popleft()

    @property
    def last(self) -> tuple[float, Values]:
        """The newest figures and their time; (0, {}) before the first."""
        return self._kept[-1] if self._kept else (0.0, {})

    def since(self, moment: float) -> list[tuple[float, Values]]:
        """The figures from a moment on, oldest first."""
        return [one for one in list(self._kept) if one[0] >= moment]

    def grown(self, series: Series, moment: float) -> float:
        """How much a counter has grown since the first figures from a moment on; one that began since is all new."""
        found = self.since(moment)
        if not found:
            return 0.0
        return max(0.0, found[-1][1].get(series, 0.0) - found[0][1].get(series, 0.0))


class MinuteStore:
    """How much was bad of how much, minute by minute, for each objective and cloud; kept over a restart.

    Args:
        path: The SQLite file.
    """

    def __init__(self, path: Path | str) -> None:
        if path != ":memory:":
            Path(path).parent.mkdir(parents=True, exist_ok=True)
        self._database = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._lock = threading.Lock()
        self._database.execute("PRAGMA journal_mode=WAL")
        # What a power cut takes is a minute of measuring, not an event.
        self._database.execute("PRAGMA synchronous=OFF")
        self._database.execute(_SCHEMA)

    def add(self, slo: str, cloud: str, minute: int, count: Count) -> None:
        """Adds to a minute's counts."""
        self._put("bad = bad + excluded.bad, total = total + excluded.total", slo, cloud, minute, count)

    def mark(self, slo: str, cloud: str, minute: int, *, bad: bool) -> None:
        """Marks a minute as watched, and as bad once it was bad at any moment."""
        self._put("bad = max(bad, excluded.bad), total = 1", slo, cloud, minute, Count(float(bad), 1))

    def _put(self, merge: str, slo: str, cloud: str, minute: int, count: Count) -> None:
        statement = f"INSERT INTO minutes VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET {merge}"  # noqa: S608
        with self._lock:
            self._database.execute(statement, (slo, cloud, minute, count.bad, count.total))

    def count(self, slo: str, cloud: str, after: int, until: int) -> Count:
        """The sum of the minutes after one and until another."""
        asked = (
            "SELECT total(bad), total(total) FROM minutes WHERE slo = ? AND cloud = ? AND minute > ? AND minute <= ?"
        )
        with self._lock, closing(self._database.execute(asked, (slo, cloud, after, until))) as cursor:
            return Count(*cursor.fetchone())

    def prune(self, before: int) -> None:
        """Forgets the minutes before one."""
        with self._lock:
            self._database.execute("DELETE FROM minutes WHERE minute < ?", (before,))

    def close(self) -> None:
        """Closes the file."""
        self._database.close()
