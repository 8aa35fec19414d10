"""Spans in OTLP's protobuf form (opentelemetry-proto 1.x), without the 3 MB of a protobuf library in every function.

Only what a span here has is written: varints, fixed 64-bit times and length-delimited fields. A test reads it with
OpenTelemetry's own classes.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Mapping, Sequence

from isthmus.core.spans import Span, Value
from isthmus.core.trace import TraceContext

_KINDS = {"internal": 1, "server": 2, "client": 3, "producer": 4, "consumer": 5}
_ERROR = 2
_INT64_MASK = (1 << 64) - 1


def export_request(spans: Sequence[Span], resource: Mapping[str, Value], scope: str, version: str) -> bytes:
    """Returns an ExportTraceServiceRequest with the spans of one resource."""
    about = _message(1, _text(1, scope) + _text(2, version))
    within = about + b"".join(_message(2, _span(span)) for span in spans)
    return _message(1, _message(1, _attributes(1, resource)) + _message(2, within))


def _span(span: Span) -> bytes:
    context = span.context
    assert context is not None, "only a span with a context is recorded"  # noqa: S101 - Span's own promise
    return b"".join(
        (
            _bytes(1, bytes.fromhex(context.trace_id)),
            _bytes(2, bytes.fromhex(context.span_id)),
            _text(3, context.state),
            _bytes(4, bytes.fromhex(span.parent_id)),
            _text(5, span.name),
            _number(6, _KINDS[span.kind]),
            _fixed64(7, span.start_ns),
            _fixed64(8, span.end_ns),
            _attributes(9, span.attributes),
            *(_message(13, _link(link)) for link in span.links),
            _number(14, span.dropped_links),
            _message(15, _number(3, _ERROR)) if span.error else b"",
            _fixed32(16, _flags(context)),
        )
    )


def _link(context: TraceContext) -> bytes:
    ids = _bytes(1, bytes.fromhex(context.trace_id)) + _bytes(2, bytes.fromhex(context.span_id))
    return ids + _text(3, context.state) + _fixed32(6, _flags(context))


def _flags(context: TraceContext) -> int:
    return int(context.sampled)


def _attributes(number: int, values: Mapping[str, Value]) -> bytes:
    pairs: Iterable[bytes] = (_text(1, name) + _message(2, _value(value)) for name, value in values.items())
    return b"".join(_message(number, pair) for pair in pairs)


def _value(value: Value) -> bytes:
    """An AnyValue; its fields are a `oneof`, so a zero is written, too."""
    if isinstance(value, bool):
        return _tag(2, 0) + _varint(value)
    if isinstance(value, int):
        return _tag(3, 0) + _varint(value & _INT64_MASK)
    if isinstance(value, float):
        return _tag(4, 1) + struct.pack("<d", value)
    return _message(1, value.encode("utf-8", "replace"))


def _text(number: int, text: str) -> bytes:
    return _bytes(number, text.encode("utf-8", "replace"))


def _bytes(number: int, data: bytes) -> bytes:
    return _message(number, data) if data else b""


def _message(number: int, data: bytes) -> bytes:
    return _tag(number, 2) + _varint(len(data)) + data


def _number(number: int, value: int) -> bytes:
    return _tag(number, 0) + _varint(value) if value else b""


def _fixed64(number: int, value: int) -> bytes:
    return _tag(number, 1) + struct.pack("<Q", value)


def _fixed32(number: int, value: int) -> bytes:
    return _tag(number, 5) + struct.pack("<I", value) if value else b""


def _tag(number: int, wire_type: int) -> bytes:
    return _varint(number << 3 | wire_type)


def _varint(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)
