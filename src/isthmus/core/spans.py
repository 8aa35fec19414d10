"""Spans: what is recorded of a piece of work, in the terms of OpenTelemetry. Where they go is an adapter's business.

An entry point begins a span with a `Tracer`; whatever runs below asks for `current()` and begins children of it, and
records nothing where nobody traces. Why this isn't OpenTelemetry's own SDK: docs/adr/0009.
"""

from __future__ import annotations

import os
import random
import time
from collections.abc import Callable, Iterable, Mapping
from contextvars import ContextVar, Token
from dataclasses import dataclass, field
from types import TracebackType
from typing import Literal

from isthmus.core.trace import TraceContext

Kind = Literal["internal", "server", "client", "producer", "consumer"]
Value = str | int | float | bool

MAX_LINKS = 128
"""Links of a span (OpenTelemetry's default limit, specification 1.45); more are counted."""


_random = random.Random(os.urandom(32))  # noqa: S311 - ids that are to differ, no secrets; a fifth of the time of the system's
os.register_at_fork(after_in_child=lambda: _random.seed(os.urandom(32)))


def _new_id(bits: int) -> str:
    """Hex digits that no other process draws, never all zero."""
    return f"{_random.getrandbits(bits) or 1:0{bits // 4}x}"


class Span:
    """One piece of work. As a context manager it is `current()` inside, and ends at the end.

    No payload and no secret belongs in its attributes.

    Attributes:
        context: What its children and the messages that it sends refer to; None where nobody traces.
        parent_id: Id of the span that caused it, "" for none.
        name: What was done, with few different names.
        kind: Its place between processes.
        start_ns: Unix nanoseconds.
        end_ns: Unix nanoseconds, 0 before the end.
        attributes: Facts by OpenTelemetry's names.
        links: Spans that caused it, too.
        dropped_links: How many more there were.
        error: What kind of error it ended with, "" for none.
        remote: Whether its parent is in another process, or it has none: with its end a whole piece is done.
    """

    __slots__ = (
        "_sink",
        "_started",
        "_token",
        "attributes",
        "context",
        "dropped_links",
        "end_ns",
        "error",
        "kind",
        "links",
        "name",
        "parent_id",
        "remote",
        "start_ns",
    )

    def __init__(
        self,
        sink: Callable[[Span], None] | None,
        context: TraceContext | None,
        name: str = "",
        kind: Kind = "internal",
        attributes: Mapping[str, Value] | None = None,
        *,
        parent_id: str = "",
        remote: bool = False,
    ) -> None:
        self._sink = sink
        self._token: Token[Span] | None = None
        self.context = context
        self.name, self.kind, self.parent_id, self.remote = name, kind, parent_id, remote
        self.attributes: dict[str, Value] = dict(attributes) if attributes else {}
        self.links: list[TraceContext] = []
        self.dropped_links = self.end_ns = 0
        self.error = ""
        self.start_ns = time.time_ns() if sink else 0
        self._started = time.perf_counter_ns() if sink else 0

    @property
    def recording(self) -> bool:
        """Whether it is kept; facts that cost something to find are asked for only then."""
        return self._sink is not None

    @property
    def traceparent(self) -> str:
        """Its context as text, "" where nobody traces."""
        return self.context.traceparent if self.context else ""

    def child(self, name: str, kind: Kind = "internal", attributes: Mapping[str, Value] | None = None) -> Span:
        """Begins a span below this one; below one that isn't recorded it isn't either, and has the same context."""
        if self._sink is None or self.context is None:
            return Span(None, self.context)
        here = self.context
        context = TraceContext(here.trace_id, _new_id(64), True, here.state)
        return Span(self._sink, context, name, kind, attributes, parent_id=here.span_id)

    def set(self, **attributes: Value) -> None:
        """Adds attributes; a double underscore stands for a dot in the name."""
        if self._sink is not None:
            self.attributes.update((name.replace("__", "."), value) for name, value in attributes.items())

    def link(self, contexts: Iterable[TraceContext]) -> None:
        """Notes further spans that caused it, each once, up to `MAX_LINKS`."""
        if self._sink is None:
            return
        for context in contexts:
            if context in self.links:
                continue
            if len(self.links) < MAX_LINKS:
                self.links.append(context)
            else:
                self.dropped_links += 1

    def failed(self, kind: str) -> None:
        """Says that the work failed, and how in one word; texts of errors may hold what was sent."""
        self.error = kind

    def end(self) -> None:
        """Ends it, once."""
        if self._sink is not None and not self.end_ns:
            # The wall clock may be set meanwhile; the length may not change with it.
            self.end_ns = self.start_ns + time.perf_counter_ns() - self._started
            self._sink(self)

    def __enter__(self) -> Span:
        self._token = _CURRENT.set(self)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._token is not None:
            _CURRENT.reset(self._token)
        if kind is not None:
            self.failed(kind.__name__)
        self.end()


_NONE = Span(None, None)
_CURRENT: ContextVar[Span] = ContextVar("isthmus-span", default=_NONE)


def current() -> Span:
    """The span that runs here; one that records nothing where there is none."""
    return _CURRENT.get()


@dataclass(frozen=True)
class Sampler:
    """Which new traces are recorded, as OTEL_TRACES_SAMPLER says it.

    Attributes:
        ratio: The share of the traces that begin here, by their ids: the same answer everywhere.
        parent_based: Whether a caller's decision is kept.
    """

    ratio: float = 1.0
    parent_based: bool = True

    def takes(self, trace_id: str, parent: TraceContext | None) -> bool:
        """Whether a trace is recorded."""
        if parent is not None and self.parent_based:
            return parent.sampled
        return int(trace_id[16:], 16) < self.ratio * 2**64


@dataclass(frozen=True)
class Tracer:
    """Begins the first span of a piece of work.

    Attributes:
        sink: Takes each span that ended; None where nothing is recorded and contexts are passed on as they came.
        sampler: Which traces are recorded.
        flush: Waits until what was recorded is away; called before a process may be frozen.
    """

    sink: Callable[[Span], None] | None = None
    sampler: Sampler = field(default_factory=Sampler)
    flush: Callable[[], None] = lambda: None

    def begin(
        self,
        name: str,
        kind: Kind,
        parent: TraceContext | None = None,
        attributes: Mapping[str, Value] | None = None,
        links: Iterable[TraceContext] = (),
    ) -> Span:
        """Begins a span whose parent, if it has one, is in another process.

        Args:
            name: What is done.
            kind: Its place between processes.
            parent: The span that caused it.
            attributes: Facts by OpenTelemetry's names.
            links: Spans that caused it together, where no single one did; one that is recorded makes it recorded.
        """
        if self.sink is None:
            return Span(None, parent)
        trace_id = parent.trace_id if parent else _new_id(128)
        causes = list(links)
        deciding = parent or next((cause for cause in causes if cause.sampled), None) or next(iter(causes), None)
        state = parent.state if parent else ""
        context = TraceContext(trace_id, _new_id(64), self.sampler.takes(trace_id, deciding), state)
        sink = self.sink if context.sampled else None
        parent_id = parent.span_id if parent else ""
        span = Span(sink, context, name, kind, attributes, parent_id=parent_id, remote=True)
        span.link(causes)
        return span
