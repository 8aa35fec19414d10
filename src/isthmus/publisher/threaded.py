"""The blocking face of the publisher: `AsyncPublisher` on a thread of its own."""

from __future__ import annotations

import asyncio
import atexit
import contextlib
import threading
import time
from collections.abc import Coroutine, Iterable
from types import TracebackType
from typing import Any, TypeVar

from isthmus.core.spans import Tracer
from isthmus.publisher.asynchronous import CHUNK_EVENTS, CLOSE_SECONDS, AsyncPublisher
from isthmus.publisher.config import PublisherConfig
from isthmus.publisher.delivery import OnAccepted, OnRejected
from isthmus.publisher.encoding import EventLike
from isthmus.publisher.errors import BufferFull
from isthmus.publisher.stats import Stats
from isthmus.publisher.tracing import ambient

T = TypeVar("T")


class Publisher:
    """Sends events to the ingests of both clouds and loses none of them; may be used from many threads.

    Args:
        config: How.
        on_accepted: Is given each batch's acknowledged events, the seconds since its first request, and the endpoint.
        on_rejected: Is given the events that won't be stored, each with its reason. Both are called on the
            publisher's own thread.
        tracer: Records its spans; what OpenTelemetry's environment variables say unless given.

    Raises:
        SpoolFault: when the spool can't be opened.
    """

    def __init__(
        self,
        config: PublisherConfig,
        *,
        on_accepted: OnAccepted | None = None,
        on_rejected: OnRejected | None = None,
        tracer: Tracer | None = None,
    ) -> None:
        self._closing = threading.Lock()
        self._loop = asyncio.new_event_loop()
        self._core = AsyncPublisher(config, on_accepted=on_accepted, on_rejected=on_rejected, tracer=tracer)
        self._thread = threading.Thread(target=self._loop.run_forever, name="isthmus-publisher", daemon=True)
        self._thread.start()
        try:
            self._run(self._core.start())
        except BaseException:
            self._stop()
            raise
        # The thread dies with the interpreter; what was sent without a close must not.
        atexit.register(self._close_quietly)

    def __enter__(self) -> Publisher:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def send(self, event: EventLike, timeout: float | None = None) -> None:
        """Takes an event; blocks while the buffer is full.

        Args:
            event: Attributes, a struct, or the JSON text of a CloudEvent.
            timeout: Seconds to wait for room; None for as long as it takes.

        Raises:
            InvalidEvent: when it can't be a CloudEvent in JSON.
            BufferFull: when there was no room for `timeout` seconds.
            Closed: when the publisher is.
        """
        self._put([self._core.line(event, ambient())], timeout)

    def send_many(self, events: Iterable[EventLike]) -> None:
        """Takes many events, faster than one by one; otherwise as `send`. Those before an invalid one are sent."""
        lines: list[bytes] = []
        line, context = self._core.line, ambient()
        try:
            for event in events:
                lines.append(line(event, context))
                if len(lines) == CHUNK_EVENTS:
                    chunk, lines = lines, []
                    self._put(chunk)
        finally:
            self._put(lines)

    def _put(self, lines: list[bytes], timeout: float | None = None) -> None:
        end = None if timeout is None else time.monotonic() + timeout
        start, context = 0, ambient()
        while start < len(lines):
            taken, wake = self._core.outbox.offer(lines, start, context)
            start += taken
            if wake:
                # Closed in between: then what was taken is delivered or spooled by the closing.
                with contextlib.suppress(RuntimeError):
                    self._loop.call_soon_threadsafe(self._core.wake)
            if start < len(lines):
                left = 1.0 if end is None else min(1.0, end - time.monotonic())
                if left <= 0:
                    raise BufferFull(
                        f"the buffer has been full for {timeout} s", fix="wait, or raise max_buffered_events"
                    )
                self._core.outbox.wait_for_room(left)

    def flush(self, timeout: float | None = None) -> bool:
        """Sends what is buffered at once and waits until every event that was sent before is answered.

        What is in the spool counts as sent before. What other threads send meanwhile is not waited for.

        Returns:
            True when nothing of it is left; False when something still was after `timeout` seconds.
        """
        return self._run(self._core.flush(timeout))

    def close(self, timeout: float = CLOSE_SECONDS) -> None:
        """Takes no more events, delivers what it can within `timeout` seconds, spools the rest.

        Raises:
            Undelivered: when events could neither be delivered nor spooled; `on_rejected` has got them.
        """
        with self._closing:
            if self._core.closed:
                return
            atexit.unregister(self._close_quietly)
            try:
                self._run(self._core.close(timeout))
            finally:
                self._stop()

    def _close_quietly(self) -> None:
        with contextlib.suppress(Exception):
            self.close(timeout=2.0)

    def stats(self) -> Stats:
        """Returns the figures of this moment."""
        return self._core.stats()

    def _run(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    def _stop(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()
