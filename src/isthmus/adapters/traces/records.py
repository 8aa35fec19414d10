"""A span as one line of JSON: what the local store keeps and readers get."""

from __future__ import annotations

import msgspec

from isthmus.core.spans import Span, Value
from isthmus.core.trace import TraceContext


class LinkRecord(msgspec.Struct, omit_defaults=True):
    """A link: ids of the trace and of the span."""

    trace_id: str
    span_id: str


class SpanRecord(msgspec.Struct, omit_defaults=True):
    """A span that ended, and the service that it was in.

    Attributes are those of `core.spans.Span`, times in Unix nanoseconds.
    """

    trace_id: str
    span_id: str
    name: str
    kind: str
    start_ns: int
    end_ns: int
    service: str
    parent_id: str = ""
    attributes: dict[str, Value] = {}
    links: list[LinkRecord] = []
    dropped_links: int = 0
    error: str = ""
    resource: dict[str, Value] = {}


def record(span: Span, service: str, resource: msgspec.Raw) -> SpanRecord:
    """Returns a span that ended as a record that can be encoded.

    Args:
        span: The span.
        service: `service.name` of the resource.
        resource: What the span is of, as JSON already: it is the same for every span of a process.
    """
    context = span.context
    assert context is not None, "only a span with a context is recorded"  # noqa: S101 - Span's own promise
    return SpanRecord(
        context.trace_id,
        context.span_id,
        span.name,
        span.kind,
        span.start_ns,
        span.end_ns,
        service,
        span.parent_id,
        span.attributes,
        [_link(link) for link in span.links],
        span.dropped_links,
        span.error,
        resource,  # type: ignore[arg-type] # is written as it is
    )


def _link(context: TraceContext) -> LinkRecord:
    return LinkRecord(context.trace_id, context.span_id)
