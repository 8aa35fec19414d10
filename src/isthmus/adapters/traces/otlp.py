"""Sending spans to an OTLP endpoint over HTTP: a bounded queue, a thread, and one more try."""

from __future__ import annotations

import gzip
import threading
import urllib.error
import urllib.request
from collections import deque
from collections.abc import Callable, Mapping

from isthmus import __version__
from isthmus.adapters.traces import protobuf
from isthmus.core.spans import Span, Value

MAX_WAITING = 2048
"""Spans that wait; then new ones are dropped (the default of OTEL_BSP_MAX_QUEUE_SIZE)."""

MAX_SPANS = 512
"""Spans of a request (the default of OTEL_BSP_MAX_EXPORT_BATCH_SIZE). X-Ray takes 10,000 in 5 MB (AWS, 2026-11)."""

DELAY_SECONDS = 1.0
TIMEOUT_SECONDS = 3.0
_AGAIN = {429, 502, 503, 504}
"""Answers after which a request may be sent again (OTLP 1.x, OTLP/HTTP response)."""

Sign = Callable[[str, dict[str, str], bytes], Mapping[str, str]]
"""Returns the headers of a request with its proof: takes the URL, the headers and the body."""


class OtlpSender:
    """Sends spans in the background.

    Args:
        url: The endpoint, path included.
        resource: What the spans are of.
        sign: Adds the proof that the endpoint asks for.
    """

    def __init__(self, url: str, resource: Mapping[str, Value], sign: Sign) -> None:
        self.dropped = 0
        self.fault = ""
        self._url = url
        self._resource = resource
        self._sign = sign
        self._waiting: deque[Span] = deque()
        self._change = threading.Condition()
        self._busy = False
        self._hurry = False
        self._thread: threading.Thread | None = None

    def add(self, span: Span) -> None:
        """Takes a span that ended; drops it when too many wait already."""
        with self._change:
            if len(self._waiting) >= MAX_WAITING:
                self.dropped += 1
                return
            self._waiting.append(span)
            if self._thread is None:
                # At the first span: most processes of a low ratio never need it.
                self._thread = threading.Thread(target=self._run, name="isthmus-traces", daemon=True)
                self._thread.start()
            elif len(self._waiting) >= MAX_SPANS:
                self._change.notify_all()

    def flush(self, timeout: float = TIMEOUT_SECONDS) -> None:
        """Sends what waits now, and returns when it is away or given up, or after the time."""
        with self._change:
            if not self._waiting and not self._busy:
                return
            self._hurry = True
            self._change.notify_all()
            self._change.wait_for(lambda: not self._waiting and not self._busy, timeout)
            self._hurry = False

    def _run(self) -> None:
        while True:
            self._send(self._next())
            with self._change:
                self._busy = False
                self._change.notify_all()

    def _next(self) -> list[Span]:
        with self._change:
            self._change.wait_for(lambda: bool(self._waiting))
            self._change.wait_for(lambda: self._hurry or len(self._waiting) >= MAX_SPANS, DELAY_SECONDS)
            self._busy = True
            return [self._waiting.popleft() for _ in range(min(MAX_SPANS, len(self._waiting)))]

    def _send(self, spans: list[Span]) -> None:
        body = gzip.compress(protobuf.export_request(spans, self._resource, "isthmus", __version__), 1)
        try:
            if not self._post(body) and not self._post(body):
                self.dropped += len(spans)
        except Exception as error:
            # Whatever it is (the network, credentials): traces are lost, and never an event.
            self.fault = f"{type(error).__name__}: {error}"
            self.dropped += len(spans)

    def _post(self, body: bytes) -> bool:
        """Sends once; False when it may be tried again."""
        headers = {"Content-Type": "application/x-protobuf", "Content-Encoding": "gzip"}
        signed = dict(self._sign(self._url, headers, body))
        request = urllib.request.Request(self._url, body, signed)  # noqa: S310 - checked where it is configured
        try:
            with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS) as answer:  # noqa: S310
                answer.read()
        except urllib.error.HTTPError as error:
            self.fault = f"HTTP {error.code}"
            if error.code in _AGAIN:
                return False
            raise
        return True
