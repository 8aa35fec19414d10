"""A day of figures by the minute: what alarms look at. Each series takes 23 kB, however long the run is up."""

from __future__ import annotations

import math
from array import array

from isthmus.core.metrics import BY_NAME
from isthmus.local.watch.history import Values
from isthmus.local.watch.totals import Series

KEPT_MINUTES = 1440 + 1
"""A day and the minute before it, which growth is counted from."""


class Minutes:
    """The greatest figure of each minute of a gauge, the last one of a counter."""

    def __init__(self) -> None:
        self._figures: dict[Series, array[float]] = {}
        self._first = self._last = -1

    def add(self, now: float, values: Values) -> None:
        """Takes the figures of a moment into its minute."""
        self._forget_until(int(now // 60))
        place = self._last % KEPT_MINUTES
        for series, value in values.items():
            kept = self._figures.setdefault(series, array("d", [math.nan]) * KEPT_MINUTES)
            gauge = BY_NAME[series[0]].kind == "gauge" and not math.isnan(kept[place])
            kept[place] = max(kept[place], value) if gauge else value

    def _forget_until(self, minute: int) -> None:
        if self._first < 0:
            self._first, self._last = minute, minute - 1
        for passed in range(max(self._last + 1, minute - KEPT_MINUTES + 1), minute + 1):
            for kept in self._figures.values():
                kept[passed % KEPT_MINUTES] = math.nan
        self._last = max(self._last, minute)

    def at(self, series: Series, minute: int) -> float | None:
        """The figure of a minute; None where there is none."""
        if series not in self._figures or not self._last - KEPT_MINUTES < minute <= self._last:
            return None
        figure = self._figures[series][minute % KEPT_MINUTES]
        return None if math.isnan(figure) else figure

    def grown(self, series: Series, until: int, minutes: int) -> float | None:
        """How much a counter grew in so many minutes until the end of one; None where nothing is known of it."""
        found = [
            figure for minute in range(until - minutes, until + 1) if (figure := self.at(series, minute)) is not None
        ]
        if not found:
            return None
        # A series that began within the window began at nothing; the very first figures count from long ago.
        begins = self.at(series, until - minutes) is None and until - minutes >= self._first
        return found[-1] if begins else max(0.0, found[-1] - found[0])
