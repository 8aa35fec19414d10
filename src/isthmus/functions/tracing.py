"""The spans that functions begin: of a request, of a message, of a batch of messages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache

from isthmus.adapters.traces import configured
from isthmus.core import trace
from isthmus.core.errors import ConfigurationError
from isthmus.core.requests import Request
from isthmus.core.spans import Span, Tracer, Value
from isthmus.functions import log

_started = False


@cache
def tracer() -> Tracer:
    """The tracer of this function; a wrong variable is told once and costs the traces, never an event."""
    try:
        return configured.tracer(f"isthmus-{log.role()}")
    except ConfigurationError as error:
        log.write("not traced", severity="ERROR", reason=error.what)
        return Tracer()


def invocation(context: object) -> dict[str, Value]:
    """What a Lambda call adds to its spans: its id, and whether the function was started for it."""
    global _started
    facts: dict[str, Value] = {"faas.coldstart": not _started}
    _started = True
    request_id = getattr(context, "aws_request_id", "")
    return facts | ({"faas.invocation_id": request_id} if request_id else {})


def serving(method: str, path: str, request: Request, facts: Mapping[str, Value]) -> Span:
    """Begins the span of a request, below the sender's where it says one."""
    headers = request.headers
    attributes: dict[str, Value] = {
        "http.request.method": method,
        "http.route": path,
        "url.path": path,
        "url.scheme": "https",
        "http.request.body.size": len(request.body),
        "faas.trigger": "http",
        **facts,
    }
    parent = trace.parse(headers.get("traceparent"), headers.get("tracestate", ""))
    return tracer().begin(f"{method} {path}", "server", parent, attributes)


def processing(
    system: str, destination: str, attributes: Mapping[str, str], size: int, facts: Mapping[str, Value]
) -> Span:
    """Begins the span of a message, below the one that sent it.

    Args:
        system: `messaging.system`.
        destination: The queue or subscription.
        attributes: The message's.
        size: Bytes of its body.
        facts: What else is known of it.
    """
    parent = trace.parse(attributes.get("traceparent"))
    span = tracer().begin(f"process {destination}", "consumer", parent, _messaging(system, destination))
    if span.recording:
        span.attributes |= {"messaging.message.body.size": size, **facts}
        span.attributes |= {
            f"isthmus.{name}": attributes[name] for name in ("frame", "type", "origin") if name in attributes
        }
    return span


def batch(system: str, destination: str, messages: Iterable[Mapping[str, str]], facts: Mapping[str, Value]) -> Span:
    """Begins the span of a batch of messages: no single one caused it, so it is linked to what sent each."""
    found = [trace.parse(attributes.get("traceparent")) for attributes in messages]
    span = tracer().begin(
        f"process {destination}", "consumer", None, _messaging(system, destination), [one for one in found if one]
    )
    if span.recording:
        span.attributes |= {"messaging.batch.message_count": len(found), **facts}
    return span


def _messaging(system: str, destination: str) -> dict[str, Value]:
    return {
        "messaging.system": system,
        "messaging.operation.name": "process",
        "messaging.operation.type": "process",
        "messaging.destination.name": destination,
        "faas.trigger": "pubsub",
    }
