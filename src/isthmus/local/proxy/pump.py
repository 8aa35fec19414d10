"""One direction of a proxied connection: takes bytes from one socket, gives them to the other as the faults allow."""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections import deque
from collections.abc import Callable

from isthmus.local.proxy.faults import PLAIN, RANDOM_RESET_MEAN_BYTES, Shape

#: A direction that holds back more than this stops reading, so that the sender feels it.
HELD_BYTES_MAX = 256 * 1024
#: Throttled data goes out in slices of this many seconds' worth, so that a slow link trickles rather than jumps.
SLICE_SECONDS = 0.05

_EOF = b""


class Pump:
    """Moves bytes in one direction and applies a `Shape` to them.

    Args:
        cut: Called when the shape says that the connection must be reset now.
        ended: Called when the end of the stream has been passed on.
        count: Called with the number of bytes of each piece that was forwarded.
    """

    def __init__(
        self, cut: Callable[[], None], ended: Callable[[], None], count: Callable[[int], None], dice: random.Random
    ) -> None:
        self._loop = asyncio.get_running_loop()
        self._cut = cut
        self._ended = ended
        self._count = count
        self._dice = dice
        self._shape = PLAIN
        self._source: asyncio.Transport | None = None
        self._sink: asyncio.Transport | None = None
        self._held: deque[tuple[float, bytes]] = deque()
        self._held_bytes = 0
        self._sink_full = False
        self._reading = True
        self._timer: asyncio.TimerHandle | None = None
        self._budget: float | None = None
        self._free_at = 0.0
        self.finished = False

    @property
    def hangs(self) -> bool:
        """Whether nothing gets through at present."""
        return self._shape.hang

    def read_from(self, source: asyncio.Transport) -> None:
        """Names the socket that the bytes come from."""
        self._source = source

    def write_to(self, sink: asyncio.Transport) -> None:
        """Names the socket that the bytes go to; what was held back until now starts to flow."""
        self._sink = sink
        self._flow()

    def feed(self, data: bytes) -> None:
        """Takes bytes from the source; a piece is as good as a request, which fails as often as the shape says."""
        if self._shape.fail_share and self._dice.random() < self._shape.fail_share:
            self._cut()
            return
        if self._sink is not None and not self._held and self._shape is PLAIN:
            self._write(data)
            return
        self._hold(data)

    def finish(self) -> None:
        """The source will send no more: passes that on, after everything that is held back."""
        self._hold(_EOF)

    def reshape(self, shape: Shape) -> None:
        """Applies another shape from now on, to bytes already held back too."""
        self._shape = PLAIN if shape.plain else shape
        self._budget = self._reset_budget() if shape.resets else None
        if shape.delay_seconds == 0:
            self._held = deque((0.0, data) for _, data in self._held)
        self._flow()

    def sink_is_full(self, full: bool) -> None:
        """Backpressure from the socket that the bytes go to."""
        self._sink_full = full
        if full:
            self._read(False)
        else:
            self._flow()

    def close(self) -> None:
        """Forgets everything that is held back."""
        if self._timer:
            self._timer.cancel()
        self._held.clear()
        self._source = self._sink = None

    def _hold(self, data: bytes) -> None:
        self._held.append((self._loop.time() + self._shape.delay_seconds, data))
        self._held_bytes += len(data)
        self._flow()

    def _flow(self) -> None:
        if self._timer:
            self._timer.cancel()
            self._timer = None
        while self._held and self._may_send():
            due, data = self._held.popleft()
            self._held_bytes -= len(data)
            if data is _EOF:
                self._write_eof()
            else:
                self._send(due, data)
        self._read(not self._sink_full and self._held_bytes <= HELD_BYTES_MAX)

    def _may_send(self) -> bool:
        if self._sink is None or self._sink_full or self._shape.hang:
            return False
        start = max(self._held[0][0], self._free_at if self._shape.bytes_per_second else 0.0)
        if start <= self._loop.time():
            return True
        self._timer = self._loop.call_at(start, self._flow)
        return False

    def _send(self, due: float, data: bytes) -> None:
        """Sends as much as the rate allows now; the rest goes back to the front."""
        rate = self._shape.bytes_per_second
        if rate:
            slice_bytes = max(1, int(rate * SLICE_SECONDS))
            data, rest = data[:slice_bytes], data[slice_bytes:]
            if rest:
                self._held.appendleft((due, rest))
                self._held_bytes += len(rest)
            self._free_at = self._loop.time() + len(data) / rate
        if self._budget is not None and len(data) >= self._budget:
            self._write(data[: int(self._budget)])
            self._cut()
            return
        if self._budget is not None:
            self._budget -= len(data)
        self._write(data)

    def _write(self, data: bytes) -> None:
        if self._sink is not None and data:
            self._sink.write(data)
            self._count(len(data))

    def _write_eof(self) -> None:
        self.finished = True
        if self._sink is not None and not self._sink.is_closing():
            # The other end may have reset the connection a moment ago; the transport is about to say so itself.
            with contextlib.suppress(OSError):
                self._sink.write_eof()
        self._ended()

    def _read(self, wanted: bool) -> None:
        if self._source is None or wanted == self._reading or self._source.is_closing():
            return
        self._reading = wanted
        if wanted:
            self._source.resume_reading()
        else:
            self._source.pause_reading()

    def _reset_budget(self) -> float:
        exact = self._shape.reset_bytes
        return exact if exact is not None else self._dice.expovariate(1 / RANDOM_RESET_MEAN_BYTES)
