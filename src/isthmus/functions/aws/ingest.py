"""The ingest function behind API Gateway (HTTP API, payload format 2.0) and behind the edge's load balancer."""

from __future__ import annotations

import base64
import binascii
from functools import cache
from typing import Any

from isthmus.core.requests import MAX_BODY_BYTES, Problem, Request, Response
from isthmus.functions import tracing
from isthmus.functions.front import Front
from isthmus.functions.settings import Settings


@cache
def _front() -> Front:
    """Made at the first call and kept while the execution environment lives."""
    return Front(Settings.from_environment())


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Answers one HTTP request, in the form that its sender reads."""
    response = _respond(event, context)
    return _for_balancer(response) if "elb" in event["requestContext"] else _for_gateway(response)


def _respond(event: dict[str, Any], context: object) -> Response:
    try:
        headers = _headers(event)
        request = Request(headers, _body(event, headers))
    except Problem as problem:
        return problem.response()
    front = _front()
    response = front.answer(*_asked(event), request, tracing.invocation(context))
    # Lambda freezes the process once it has the answer.
    tracing.tracer().flush()
    return response


def _asked(event: dict[str, Any]) -> tuple[str, str]:
    """The method and the path, as they came."""
    if "elb" in event["requestContext"]:
        return event["httpMethod"], event.get("path", "/")
    return event["requestContext"]["http"]["method"], event.get("rawPath", "/")


def _headers(event: dict[str, Any]) -> dict[str, str]:
    """Headers by small names. One that came several times is joined by commas, as API Gateway joins it itself."""
    if event.get("multiValueHeaders"):
        return {name.lower(): ",".join(values) for name, values in event["multiValueHeaders"].items()}
    return {name.lower(): value for name, value in (event.get("headers") or {}).items()}


def _body(event: dict[str, Any], headers: dict[str, str]) -> bytes:
    body = event.get("body") or ""
    if len(body) > MAX_BODY_BYTES * 4 // 3 + 4:
        raise Problem(413, f"a request takes {MAX_BODY_BYTES:,} bytes")
    if not event.get("isBase64Encoded"):
        return _text(str(body), headers)
    try:
        return base64.b64decode(body, validate=True)
    except binascii.Error as error:
        raise Problem(400, f"the gateway's base64 body can't be decoded: {error}") from None


def _text(body: str, headers: dict[str, str]) -> bytes:
    """The bytes of a body that the gateway handed over as text, unless some of them were lost on the way.

    API Gateway does so for text/* and application/json, whatever the content encoding, and puts U+FFFD in the place of
    what is not UTF-8 (seen on the local gateway, which follows the real one; 2026-11). A load balancer does so for the
    same types without a content encoding.
    """
    data = body.encode("utf-8", "surrogatepass")
    if "\ufffd" not in body:
        return data
    media = headers.get("content-type", "").partition(";")[0].strip()
    if headers.get("content-encoding", "identity").strip().lower() not in ("", "identity"):
        raise Problem(415, f"the gateway can't take a compressed body of the type {media}; {_INSTEAD}")
    if headers.get("content-length", "") not in ("", str(len(data))):
        raise Problem(400, f"the body is announced as {media} and is not UTF-8")
    return data


_INSTEAD = "send it uncompressed, or in structured mode (application/cloudevents+json), or as another type"


def _for_gateway(response: Response) -> dict[str, Any]:
    return {
        "statusCode": response.status,
        "headers": response.headers,
        "body": response.body.decode("utf-8"),
        "isBase64Encoded": False,
    }


def _for_balancer(response: Response) -> dict[str, Any]:
    """A target group with multi-value headers reads these and no others."""
    answer = _for_gateway(response)
    return answer | {"multiValueHeaders": {name: [value] for name, value in answer.pop("headers").items()}}
