"""Counting the calls that adapters really make: what the clouds bill by."""

from __future__ import annotations

import threading
from collections import Counter


class Calls:
    """A thread-safe count of API calls by name (`sns.Publish`, `storage.objects.insert`)."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()
        self._lock = threading.Lock()

    def add(self, name: str, count: int = 1) -> None:
        """Counts calls."""
        with self._lock:
            self._counts[name] += count

    def take(self) -> dict[str, int]:
        """Returns the counts since the last time, and begins at zero again."""
        with self._lock:
            counts, self._counts = self._counts, Counter()
        return dict(counts)
