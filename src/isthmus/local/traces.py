"""The traces of a run: recorded by the command that sends and by the functions on both clouds, read by people."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from isthmus.adapters.traces import configured, store
from isthmus.adapters.traces.records import SpanRecord
from isthmus.core.errors import ConfigurationError
from isthmus.core.spans import Tracer
from isthmus.local.rundir import RunDirectory

_FIX = "see `isthmus trace list`; a trace is there when its first span has ended, and the oldest ones are dropped"

RECENT_BYTES = 512 * 1024
"""How much of the store is read for the newest traces: about a thousand spans."""


@dataclass(frozen=True)
class Trace:
    """The spans that one call caused.

    Attributes:
        trace_id: 32 hex digits.
        spans: By their begin.
    """

    trace_id: str
    spans: tuple[SpanRecord, ...]

    @property
    def name(self) -> str:
        """What it began with."""
        return self.spans[0].name

    @property
    def start_ns(self) -> int:
        """When it began, in Unix nanoseconds."""
        return self.spans[0].start_ns

    @property
    def milliseconds(self) -> float:
        """From its begin to the end of its last span."""
        return round((max(span.end_ns for span in self.spans) - self.start_ns) / 1e6, 1)

    @property
    def parts(self) -> tuple[str, ...]:
        """The services that it went through, each with its cloud."""
        return tuple(dict.fromkeys(part_of(span) for span in self.spans))

    @property
    def errors(self) -> int:
        """Spans that failed."""
        return sum(bool(span.error) for span in self.spans)

    def tree(self) -> Iterator[tuple[int, SpanRecord]]:
        """Yields each span with its depth: below its parent where that is known, else at the top."""
        known = {span.span_id for span in self.spans}
        below: dict[str, list[SpanRecord]] = defaultdict(list)
        for span in self.spans:
            below[span.parent_id if span.parent_id in known else ""].append(span)
        waiting = [(0, span) for span in reversed(below[""])]
        while waiting:
            depth, span = waiting.pop()
            yield depth, span
            waiting += [(depth + 1, child) for child in reversed(below.pop(span.span_id, []))]


def part_of(span: SpanRecord) -> str:
    """The part that a span is of, as `isthmus logs` names it: `aws.ingest`, `publisher`."""
    name = span.service.removeprefix("isthmus-")
    cloud = span.resource.get("cloud.provider", "")
    return f"{cloud}.{name}" if cloud else name


def tracer(run: RunDirectory, service: str) -> Tracer:
    """Makes the tracer of a command: the environment's, and the run's own store."""
    return configured.tracer(service, {**os.environ, configured.STORE: str(run.traces)})


def find(run: RunDirectory) -> list[Trace]:
    """All traces that are kept, the newest first."""
    return _gathered(store.read(run.traces))


def recent(run: RunDirectory) -> list[Trace]:
    """The newest traces, the newest first, without reading all that is kept; the last of them may lack spans."""
    return _gathered(store.tail(run.traces, RECENT_BYTES))


def _gathered(spans: Iterable[SpanRecord]) -> list[Trace]:
    found: dict[str, list[SpanRecord]] = defaultdict(list)
    for span in spans:
        found[span.trace_id].append(span)
    traces = (_trace(trace_id, spans) for trace_id, spans in found.items())
    return sorted(traces, key=lambda one: one.start_ns, reverse=True)


def get(run: RunDirectory, trace_id: str) -> Trace:
    """One trace, by its id or how that begins.

    Raises:
        ConfigurationError: There is none, or the beginning is of several.
    """
    wanted = trace_id.lower()
    if not wanted or set(wanted) - set("0123456789abcdef") or len(wanted) > 32:
        raise ConfigurationError(f"{trace_id!r} is not the id of a trace: up to 32 hex digits", fix=_FIX)
    if len(wanted) < 32:
        wanted = _whole(wanted, {span.trace_id for span in store.read(run.traces)})
    spans = list(store.read(run.traces, wanted))
    if not spans:
        raise ConfigurationError(f"there is no trace {trace_id}", where=str(run.traces), fix=_FIX)
    return _trace(wanted, spans)


def _whole(beginning: str, known: Iterable[str]) -> str:
    found = [trace_id for trace_id in known if trace_id.startswith(beginning)]
    if len(found) > 1:
        raise ConfigurationError(f"{len(found)} traces begin with {beginning}", fix="give more of its digits")
    return found[0] if found else beginning


def _trace(trace_id: str, spans: list[SpanRecord]) -> Trace:
    return Trace(trace_id, tuple(sorted(spans, key=lambda span: span.start_ns)))
