"""Batches: the events of one request, with the key that makes sending them again harmless."""

from __future__ import annotations

import secrets
import time
import uuid
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field

from isthmus.core import uuid7
from isthmus.core.spans import Span
from isthmus.core.trace import TraceContext

_GZIP_LEVEL = 1
_GZIP_WBITS = 31


def new_key(now_ns: int | None = None) -> uuid.UUID:
    """Returns a UUIDv7 of now, to a quarter of a microsecond (RFC 9562, 6.2, method 3): keys sort as they were made."""
    unix_ms, rest_ns = divmod(time.time_ns() if now_ns is None else now_ns, 1_000_000)
    fraction = rest_ns * 4096 // 1_000_000
    return uuid7.from_parts(unix_ms, (fraction << 68 | secrets.randbits(68)).to_bytes(10, "big"))


@dataclass(eq=False)
class Batch:
    """Events that go in one request.

    The key is made with the batch and stays over all retries and both clouds, so that an ingest that had taken it
    already makes the same objects again. Its order is part of that: the same key always goes with the same events.
    Keys of parts are derived from it, so that a batch that is sent again after a crash falls into the same parts.

    Attributes:
        lines: The events, one line of JSON each.
        size_bytes: Bytes of the lines.
        key: Its Idempotency-Key, a UUIDv7.
        first_tried: Monotonic seconds of the first request, None before.
        attempts: Requests made with it.
        tried: Name of the endpoint that was tried first, "" before.
        avoid: Name of the endpoint that failed last.
        refused_by: Endpoints that won't take it from this sender, and what they said.
        rekeyed: Whether its key was made anew after an ingest found its time out of range.
        contexts: The traces that its events were sent in.
        span: Its own span, from the first request on.
    """

    lines: list[bytes]
    size_bytes: int
    key: uuid.UUID = field(default_factory=lambda: new_key())
    first_tried: float | None = None
    attempts: int = 0
    tried: str = ""
    avoid: str = ""
    refused_by: dict[str, str] = field(default_factory=dict)
    rekeyed: bool = False
    contexts: tuple[TraceContext, ...] = ()
    span: Span | None = None
    _body: bytes = b""

    @classmethod
    def of(cls, lines: Sequence[bytes], key: uuid.UUID | None = None) -> Batch:
        """Makes a batch of lines, with a new key unless one is given."""
        return cls(list(lines), sum(map(len, lines)), key or new_key())

    def __len__(self) -> int:
        return len(self.lines)

    def body(self) -> bytes:
        """Returns the request's body: a CloudEvents JSON batch, gzip. It is made once and kept for retries."""
        if not self._body:
            self._body = zlib.compress(b"[" + b",".join(self.lines) + b"]", _GZIP_LEVEL, _GZIP_WBITS)
        return self._body

    def renew(self, max_age_seconds: float, now_ns: int | None = None) -> bool:
        """Gives it a new key when the key is older, as ingests won't take it for much longer; True when it did."""
        now_ns = time.time_ns() if now_ns is None else now_ns
        age_ms = now_ns // 1_000_000 - uuid7.unix_ms(self.key)
        if age_ms <= max_age_seconds * 1000 or self.rekeyed:
            return False
        self.key = new_key(now_ns)
        return True

    def halves(self) -> list[Batch]:
        """Splits it in two batches with keys of their own."""
        middle = len(self.lines) // 2
        return [self.part(range(middle)), self.part(range(middle, len(self.lines)))]

    def part(self, indexes: Sequence[int]) -> Batch:
        """Makes a batch of some of its events, with a key that follows from its own and the choice."""
        chosen = sorted(indexes)
        key = uuid7.derived(uuid7.unix_ms(self.key), self.key.bytes, repr(chosen).encode())
        lines = [self.lines[index] for index in chosen]
        return Batch(
            lines,
            sum(map(len, lines)),
            key,
            first_tried=self.first_tried,
            attempts=self.attempts,
            tried=self.tried,
            contexts=self._trace(),
        )

    def _trace(self) -> tuple[TraceContext, ...]:
        """What a part of it is below: its span, once it has one."""
        return (self.span.context,) if self.span and self.span.context else self.contexts

    def answered(self, outcome: str) -> None:
        """Ends its span.

        Args:
            outcome: What became of it: `accepted`, `split`, `spooled`, `left` at the end, or how it was turned down.
        """
        if self.span is not None:
            self.span.set(isthmus__outcome=outcome, isthmus__requests=self.attempts)
            self.span.end()
