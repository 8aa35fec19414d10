"""The buffer between `send` and the requests: bounded, filled from any thread, emptied batch by batch."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Sequence

from isthmus.core.spans import MAX_LINKS
from isthmus.core.trace import TraceContext
from isthmus.publisher.batch import Batch, new_key
from isthmus.publisher.config import PublisherConfig
from isthmus.publisher.errors import Closed


class Outbox:
    """Events in the order sent, cut into batches by count, bytes and linger.

    What has been taken out still counts until it is settled, so that memory stays bounded however slow the ingests are.
    """

    def __init__(self, config: PublisherConfig) -> None:
        self._config = config
        self._room = threading.Condition()
        self._batches: deque[Batch] = deque()
        self._lines: list[bytes] = []
        self._contexts: dict[TraceContext, None] = {}
        self._bytes = 0
        self._first_at = 0.0
        self._held_events = 0
        self._held_bytes = 0
        self.sent = 0
        self.closed = False

    @property
    def held(self) -> int:
        """Events taken and not settled."""
        return self._held_events

    def offer(self, lines: Sequence[bytes], start: int = 0, context: TraceContext | None = None) -> tuple[int, bool]:
        """Takes lines from `start` on while there is room.

        Args:
            lines: The events.
            start: Which is the first.
            context: The trace that they are sent in.

        Returns:
            How many were taken, and whether somebody must be woken: a batch is ready, or the first event of one is
            there.

        Raises:
            Closed: when it takes no more. What it took before will be delivered, so this is decided under its lock.
        """
        with self._room:
            if self.closed:
                raise Closed("the publisher is closed", fix="make another one")
            ready, empty = len(self._batches), not self._lines
            taken = 0
            for index in range(start, len(lines)):
                if self._full(len(lines[index])):
                    break
                self._add(lines[index], context)
                taken += 1
            self.sent += taken
            return taken, taken > 0 and (empty or len(self._batches) > ready)

    def _full(self, size: int) -> bool:
        if not self._held_events:
            return False
        config = self._config
        return self._held_events >= config.max_buffered_events or self._held_bytes + size > config.max_buffered_bytes

    def _add(self, line: bytes, context: TraceContext | None) -> None:
        config = self._config
        # Brackets and commas: one byte more for each event and one for the whole.
        if self._lines and self._bytes + len(line) + len(self._lines) + 2 > config.max_batch_bytes:
            self._cut()
        if not self._lines:
            self._first_at = time.monotonic()
        if context is not None and len(self._contexts) <= MAX_LINKS:
            self._contexts[context] = None
        self._lines.append(line)
        self._bytes += len(line)
        self._held_events += 1
        self._held_bytes += len(line)
        if len(self._lines) >= config.max_batch_events:
            self._cut()

    def _cut(self) -> None:
        key = new_key(self._config.clock_ns())
        self._batches.append(Batch(self._lines, self._bytes, key, contexts=tuple(self._contexts)))
        self._lines, self._bytes, self._contexts = [], 0, {}

    def seal(self) -> list[Batch]:
        """Ends the open batch, however small it is, and returns all that wait."""
        with self._room:
            if self._lines:
                self._cut()
            return list(self._batches)

    def waiting(self) -> list[Batch]:
        """The batches that nobody has taken yet, the open one aside."""
        with self._room:
            return list(self._batches)

    def take(self, *, force: bool = False) -> Batch | None:
        """Returns the next batch that is full or has lingered long enough, or any with `force`; None for none."""
        with self._room:
            if not self._batches and self._lines and (force or self._due_in() <= 0):
                self._cut()
            return self._batches.popleft() if self._batches else None

    def due_in(self) -> float | None:
        """Seconds until the open batch has lingered long enough; None when there is none."""
        with self._room:
            return max(self._due_in(), 0.0) if self._lines else None

    def _due_in(self) -> float:
        return self._first_at + self._config.linger_seconds - time.monotonic()

    def settle(self, events: int, size_bytes: int) -> None:
        """Forgets events that were answered or spooled, and lets waiting threads send on."""
        with self._room:
            self._held_events -= events
            self._held_bytes -= size_bytes
            self._room.notify_all()

    def wait_for_room(self, seconds: float) -> None:
        """Blocks the calling thread while the buffer is full, until something is settled, for so long at most."""
        with self._room:
            if self._full(1) and not self.closed:
                self._room.wait(seconds)

    def close(self) -> bool:
        """Takes no more events, and tells threads that wait for room; False when that was so already."""
        with self._room:
            was_open, self.closed = not self.closed, True
            self._room.notify_all()
            return was_open
