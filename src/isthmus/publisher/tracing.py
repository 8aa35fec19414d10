"""The publisher's part of a trace: from the caller of `send` to the requests that carry its events.

A batch holds events of many calls of `send`. Where they all belong to one trace the batch's span is in it, below the
caller's; where they belong to several it begins a trace of its own and is linked to each.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable

from isthmus.core import trace
from isthmus.core.spans import MAX_LINKS, Span, Tracer, Value, current
from isthmus.core.trace import TraceContext
from isthmus.publisher.batch import Batch

_IN_LINE = re.compile(rb'"traceparent"\s*:\s*"([0-9a-f-]{55})"')


def ambient() -> TraceContext | None:
    """The trace that the caller is in: Isthmus's own span, or OpenTelemetry's where the program has loaded it."""
    here = current().context
    if here is not None:
        return here
    opentelemetry = sys.modules.get("opentelemetry.trace")
    if opentelemetry is None:
        return None
    found = opentelemetry.get_current_span().get_span_context()
    if not found.is_valid:
        return None
    return TraceContext(f"{found.trace_id:032x}", f"{found.span_id:016x}", bool(found.trace_flags & 1))


def stamp(line: bytes, context: TraceContext | None) -> bytes:
    """Adds the CloudEvents extension `traceparent` to an event of a trace, unless it says one itself."""
    if context is None or b'"traceparent"' in line or line.rstrip(b" \t}").endswith(b"{"):
        return line
    return line[:-1] + b',"traceparent":"' + context.traceparent.encode() + b'"}'


def begin(tracer: Tracer, batch: Batch) -> Span:
    """Begins the span of a batch."""
    if tracer.sink is None:
        return tracer.begin("", "producer", next(iter(batch.contexts), None))
    causes = list(dict.fromkeys([*batch.contexts, *_contexts(batch.lines)]))
    traces = {cause.trace_id for cause in causes}
    parent, links = (causes[0], causes[1:]) if len(traces) == 1 else (None, causes)
    attributes: dict[str, Value] = {
        "messaging.system": "isthmus",
        "messaging.operation.name": "send",
        "messaging.operation.type": "send",
        "messaging.destination.name": "isthmus",
        "messaging.batch.message_count": len(batch),
        "isthmus.idempotency_key": str(batch.key),
    }
    return tracer.begin("send isthmus", "producer", parent, attributes, links)


def _contexts(lines: Iterable[bytes]) -> Iterable[TraceContext]:
    """What the events themselves say, each context once; a spooled batch has nothing else."""
    found: dict[bytes, None] = {}
    for line in lines:
        if b'"traceparent"' in line and (said := _IN_LINE.search(line)):
            found[said[1]] = None
            if len(found) > MAX_LINKS:
                break
    return [context for said in found if (context := trace.parse(said.decode()))]
