"""Memory of all processes of a run together, sampled while it works."""

from __future__ import annotations

import threading
from pathlib import Path
from types import TracebackType

import psutil

from isthmus.local import process

EVERY_SECONDS = 0.5


class MemoryWatch:
    """Samples the memory of a run's processes, of this one and of its children until the `with` block ends.

    A page that several processes share counts once in all: that is what a sum of proportional set sizes is. Where other
    programs map the same file, a part of it is theirs.

    Attributes:
        peak_bytes: The largest sum seen; of proportional set sizes where the system tells them, else of resident ones.
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="isthmus-memory", daemon=True)
        self.peak_bytes = 0

    def __enter__(self) -> MemoryWatch:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stop.wait(EVERY_SECONDS):
            here = psutil.Process()
            found = {one.pid: one for one in (*process.members(self._root), here, *here.children(recursive=True))}
            self.peak_bytes = max(self.peak_bytes, sum(map(process.memory_bytes, found.values())))
