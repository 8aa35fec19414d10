"""Spans of what adapters do, by OpenTelemetry's semantic conventions (messaging, cloud providers; 1.43)."""

from __future__ import annotations

from dataclasses import replace

from isthmus.core.frames import Frame
from isthmus.core.spans import Span, Value, current


def sending(system: str, destination: str, frame: Frame) -> Span:
    """Begins the span of a frame's way to a broker.

    Args:
        system: `messaging.system`.
        destination: The topic's name.
        frame: What is sent.
    """
    here = current()
    if not here.recording:
        return here.child("")
    attributes: dict[str, Value] = {
        "messaging.system": system,
        "messaging.operation.name": "publish",
        "messaging.operation.type": "send",
        "messaging.destination.name": destination,
        "messaging.message.body.size": len(frame.payload),
        "isthmus.frame": str(frame.id),
        "isthmus.type": frame.type,
        "isthmus.events": frame.count,
        "isthmus.origin": frame.origin,
    }
    return here.child(f"publish {destination}", "producer", attributes)


def stamped(frame: Frame, span: Span) -> Frame:
    """Returns the frame with the span that sends it as what its receivers' spans are below."""
    return replace(frame, traceparent=span.traceparent) if span.traceparent else frame


def storing(name: str, attributes: dict[str, Value]) -> Span:
    """Begins the span of a call to a bucket."""
    here = current()
    return here.child(name, "client", attributes)
