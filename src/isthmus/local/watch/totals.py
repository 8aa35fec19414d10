"""What the functions' log lines add up to."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Series = tuple[str, tuple[str, ...]]
"""A metric's name, and the values of its labels in the metric's order."""

RECENT_SECONDS = 300.0
MAX_RECENT = 5000
"""Observations of a series that are kept for its percentile; of more, the newest. Ours: so that memory is bounded."""

_WORKED = frozenset({"handled", "failed"})


@dataclass
class Recent:
    """The observations of the last five minutes."""

    _seen: deque[tuple[float, float]] = field(default_factory=lambda: deque(maxlen=MAX_RECENT))

    def add(self, now: float, value: float) -> None:
        """Adds one."""
        self._seen.append((now, value))

    def values(self, now: float) -> list[float]:
        """Those that are not too old, from the smallest."""
        while self._seen and self._seen[0][0] < now - RECENT_SECONDS:
            self._seen.popleft()
        return sorted(value for _, value in self._seen)


def percentile(values: list[float], share: float) -> float:
    """The smallest of sorted values that so great a share of them doesn't exceed; 0 of none."""
    return values[min(len(values) - 1, int(share * len(values)))] if values else 0.0


@dataclass
class Totals:
    """Adds lines up.

    Attributes:
        counts: The counters.
        request_bytes: Bytes that ingest got, for the cost.
    """

    counts: dict[Series, float] = field(default_factory=lambda: defaultdict(float))
    request_bytes: int = 0
    _durations: dict[tuple[str, str], Recent] = field(default_factory=dict)
    _lags: dict[tuple[str, str], Recent] = field(default_factory=dict)

    def add(self, line: Mapping[str, Any], now: float, *, fresh: bool = True) -> None:
        """Adds a line.

        Args:
            line: As `functions.log` writes it.
            now: Unix seconds.
            fresh: Whether it was written just now: an old one counts, and says nothing of the last minutes.
        """
        part = (str(line.get("cloud", "")), str(line.get("role", "")))
        message = line.get("message")
        for call, count in line.get("calls", {}).items():
            self.counts["isthmus.calls", (call,)] += count
        if message == "compared":
            self.counts["isthmus.replication.compared", part[:1]] += 1
            return
        if message == "answered":
            self._answered(line, part)
        elif message in _WORKED:
            self._worked(line, part, now if fresh else None)
        else:
            return
        self.counts["isthmus.requests", part] += 1
        seconds = float(line.get("ms", 0)) / 1000
        self.counts["isthmus.duration", part] += seconds
        if fresh:
            self._durations.setdefault(part, Recent()).add(now, seconds)

    def _answered(self, line: Mapping[str, Any], part: tuple[str, str]) -> None:
        status = int(line.get("status", 0))
        self.request_bytes += int(line.get("bytes", 0))
        # A series begins with its first request, so that none of its errors is one too few.
        self.counts["isthmus.errors", part] += status >= 500
        self.counts["isthmus.refused", part] += 400 <= status < 500

    def _worked(self, line: Mapping[str, Any], part: tuple[str, str], now: float | None) -> None:
        self.counts["isthmus.errors", part] += bool(line.get("failed", line.get("message") == "failed"))
        if part[1] != "archive":
            return
        for frame in line.get("frames", ()):
            if frame.get("written"):
                self.counts["isthmus.stored.events", part[:1]] += frame.get("events", 0)
                self.counts["isthmus.stored.objects", part[:1]] += 1
                self.counts["isthmus.stored.bytes", part[:1]] += frame.get("size_bytes", 0)
            if now is not None and "age_ms" in frame:
                lags = self._lags.setdefault((part[0], str(frame.get("origin", ""))), Recent())
                lags.add(now, frame["age_ms"] / 1000)

    def gauges(self, now: float) -> dict[Series, float]:
        """What the last five minutes' lines tell."""
        found: dict[Series, float] = {}
        for part, recent in self._durations.items():
            found["isthmus.duration.p99", part] = round(percentile(recent.values(now), 0.99), 4)
        lags = {key: max(recent.values(now), default=0.0) for key, recent in self._lags.items()}
        for (cloud, origin), longest in lags.items():
            archive = ("isthmus.archive.lag", (cloud,))
            found[archive] = max(found.get(archive, 0.0), longest)
            if origin != cloud:
                found["isthmus.bridge.lag", (cloud,)] = longest
        return found
