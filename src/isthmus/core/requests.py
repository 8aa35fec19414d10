"""The ingest's HTTP contract without a web server: content modes, limits, problems (RFC 9457)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any
from urllib.parse import unquote

import msgspec

from isthmus.core import gzipped
from isthmus.core.errors import IsthmusError
from isthmus.core.events import Checked, Rejection, Unreadable, check_batch, check_event
from isthmus.core.frames import MAX_UNPACKED_BYTES

MAX_BODY_BYTES = 1_000_000
"""Bytes of a request's body, as it is sent. Either cloud must take what the other takes, and a load balancer hands no
more than 1 MB to a Lambda function (AWS quota, 2026-11)."""

MAX_EVENTS = 5_000
"""Events of a request. Ours: what a function decodes in a few milliseconds."""

MAX_REPORTED = 100
"""Rejections that a response describes; it always counts them all, and a 202 names the indexes of all."""

BATCH = "application/cloudevents-batch+json"
STRUCTURED = "application/cloudevents+json"
PROBLEM = "application/problem+json"
TITLES = {
    400: "The request can't be read",
    401: "Who is sending is not known",
    403: "The sender may not send this",
    404: "There is nothing here",
    405: "The method is not allowed",
    413: "The request is too large",
    415: "The content type is not a CloudEvents one",
    422: "No event can be accepted",
    500: "Isthmus failed",
    503: "No broker can be reached",
}


@dataclass(frozen=True)
class Request:
    """One HTTP request: header names in lower case, the body as it came."""

    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True)
class Response:
    """What is answered: a status, a JSON body, further headers."""

    status: int
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)


class Problem(IsthmusError):
    """A request that is answered with a problem document instead of an acceptance.

    Args:
        status: The HTTP status.
        detail: What is wrong with this request, as a sentence.
        rejected: The events at fault.
        headers: Further headers of the response.
    """

    def __init__(
        self, status: int, detail: str, rejected: Sequence[Rejection] = (), headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.rejected = tuple(rejected)
        self.headers = dict(headers or {})

    def response(self) -> Response:
        """Returns the problem as a response."""
        document: dict[str, Any] = {
            "type": f"urn:isthmus:problem:{self.status}",
            "title": TITLES[self.status],
            "status": self.status,
            "detail": self.what,
        }
        if self.rejected:
            document |= {"accepted": 0} | _listed(self.rejected)
        return Response(self.status, msgspec.json.encode(document), {"content-type": PROBLEM, **self.headers})


def accepted(count: int, rejected: Sequence[Rejection]) -> Response:
    """Returns the answer to a request of which at least one event is held by a broker."""
    document = {"accepted": count} | _listed(rejected)
    if len(rejected) > MAX_REPORTED:
        # Which events are not held must always be known, if not why each.
        document["rejected_indexes"] = sorted(r.index for r in rejected)
    return Response(202, msgspec.json.encode(document), {"content-type": "application/json"})


def _listed(rejected: Sequence[Rejection]) -> dict[str, Any]:
    shown = sorted(rejected, key=lambda r: r.index)[:MAX_REPORTED]
    return {"rejected_count": len(rejected), "rejected": [asdict(r) for r in shown]}


def read_events(request: Request) -> tuple[list[Checked], list[Rejection]]:
    """Reads the events of a request in any of the three content modes, gzip or not.

    Raises:
        Problem: 400, 413, 415 or 422, when the request as a whole can't be used.
    """
    mode = _mode(request.headers)
    body = _unpacked(request)
    try:
        checked, rejected = _read(mode, request.headers, body)
    except Unreadable as error:
        raise Problem(400, str(error)) from None
    total = len(checked) + len(rejected)
    if total > MAX_EVENTS:
        raise Problem(413, f"{total:,} events; a request takes {MAX_EVENTS:,}. Send it in parts.")
    if not total:
        raise Problem(422, "the request has no event")
    return checked, rejected


def _mode(headers: Mapping[str, str]) -> str:
    content_type = headers.get("content-type", "")
    media, _, parameters = content_type.partition(";")
    media = media.strip().lower()
    charset = re.search(r"charset\s*=\s*\"?([\w-]+)", parameters, re.IGNORECASE)
    if charset and charset[1].lower() not in ("utf-8", "us-ascii"):
        raise Problem(415, f"the charset is {charset[1]}; events are UTF-8")
    if media in (BATCH, STRUCTURED):
        return media
    if "ce-specversion" in headers or "ce-id" in headers or "ce-type" in headers:
        return "binary"
    raise Problem(
        415, f"the content type is {media or 'missing'}; send {BATCH}, {STRUCTURED}, or the ce- headers of binary mode"
    )


def _unpacked(request: Request) -> bytes:
    if len(request.body) > MAX_BODY_BYTES:
        raise Problem(413, f"the body has {len(request.body):,} bytes; a request takes {MAX_BODY_BYTES:,}")
    encoding = request.headers.get("content-encoding", "identity").strip().lower()
    if encoding in ("", "identity"):
        return request.body
    if encoding != "gzip":
        raise Problem(415, f"the content encoding is {encoding[:40]}; gzip and identity are understood")
    return _gunzip(request.body)


def _gunzip(body: bytes) -> bytes:
    try:
        return gzipped.unpack(body, MAX_UNPACKED_BYTES)
    except gzipped.TooLarge as error:
        raise Problem(413, f"the body {error}") from None
    except gzipped.NotGzip as error:
        raise Problem(400, f"the body {error}") from None


def _read(mode: str, headers: Mapping[str, str], body: bytes) -> tuple[list[Checked], list[Rejection]]:
    if mode == BATCH:
        return check_batch(body)
    return check_event(body if mode == STRUCTURED else _from_binary(headers, body))


def _from_binary(headers: Mapping[str, str], body: bytes) -> bytes:
    """Turns a binary-mode request into the JSON event format (CloudEvents HTTP binding 1.0.2, section 3.1)."""
    for name in ("ce-data", "ce-data_base64"):
        if name in headers:
            raise Problem(400, f"the header {name} is no attribute; in binary mode the body is the event's data")
    event: dict[str, Any] = {
        name[3:]: _header_text(name, value) for name, value in headers.items() if name.startswith("ce-")
    }
    content_type = headers.get("content-type", "")
    if content_type:
        event["datacontenttype"] = content_type
    if body:
        event |= _binary_data(content_type, body)
    return msgspec.json.encode(event)


def _header_text(name: str, value: str) -> str:
    try:
        return unquote(value, errors="strict")
    except UnicodeDecodeError:
        raise Problem(400, f"the header {name} is not percent-encoded UTF-8") from None


def _binary_data(content_type: str, body: bytes) -> dict[str, Any]:
    media = content_type.partition(";")[0].strip().lower()
    if media in ("", "application/json") or media.endswith("+json"):
        try:
            body.decode("utf-8")
            msgspec.json.decode(body, type=msgspec.Raw)
        except (UnicodeDecodeError, msgspec.DecodeError, RecursionError) as error:
            raise Problem(400, f"the body is announced as JSON and is not: {error}") from None
        return {"data": msgspec.Raw(body)}
    if media.startswith("text/"):
        try:
            return {"data": body.decode("utf-8")}
        except UnicodeDecodeError as error:
            raise Problem(400, f"the body is announced as text and is not UTF-8: {error}") from None
    return {"data_base64": body}
