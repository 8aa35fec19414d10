"""Batch requests: several calls in one multipart body, each carried out as if it had come alone."""

from __future__ import annotations

import re
from collections.abc import Sequence
from http import HTTPStatus
from typing import Any
from urllib.parse import unquote, urlsplit

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Router

from isthmus.local.google.storage.errors import StorageError

MAX_CALLS = 100
"""Of a batch (Cloud Storage documentation, "Batch requests", 2026-11)."""
_BOUNDARY = re.compile(r"boundary=\"?([^\";]+)\"?")
_OWN = "batch_isthmus"


class Batch:
    """Carries batches out.

    Args:
        routes: Those that a call of a batch may ask for.
    """

    def __init__(self, routes: Sequence[BaseRoute]) -> None:
        self._router = Router(routes=list(routes))

    async def call(self, request: Request) -> Response:
        """Answers a batch."""
        match = _BOUNDARY.search(request.headers.get("content-type", ""))
        if not match:
            raise StorageError(400, "Failed to parse batch request, error: no boundary.")
        parts = _parts(await request.body(), match[1].encode())
        if len(parts) > MAX_CALLS:
            raise StorageError(400, f"The batch request has {len(parts)} calls; the maximum is {MAX_CALLS}.")
        done = [await self._one(request, *part) for part in parts]
        body = b"".join(b"--" + _OWN.encode() + b"\r\n" + one for one in done) + f"--{_OWN}--\r\n".encode()
        return Response(body, headers={"content-type": f"multipart/mixed; boundary={_OWN}"})

    async def _one(self, request: Request, number: str, call: bytes) -> bytes:
        head, _, body = call.partition(b"\r\n\r\n")
        line, *lines = head.decode("latin-1").split("\r\n")
        verb, target, *_ = [*line.split(" "), "", ""]
        headers = [(name.strip().lower(), value.strip()) for name, _, value in (one.partition(":") for one in lines)]
        inherited = [("authorization", request.headers["authorization"])] if "authorization" in request.headers else []
        status, answer_headers, content = await self._ask(request, verb, target, [*inherited, *headers], body)
        phrase = HTTPStatus(status).phrase if status in HTTPStatus._value2member_map_ else ""
        text = "".join(f"{name}: {value}\r\n" for name, value in answer_headers)
        start = f"Content-Type: application/http\r\nContent-ID: <response-{number}>\r\n\r\n"
        return f"{start}HTTP/1.1 {status} {phrase}\r\n{text}\r\n".encode() + content + b"\r\n"

    async def _ask(
        self, request: Request, verb: str, target: str, headers: Sequence[tuple[str, str]], body: bytes
    ) -> tuple[int, list[tuple[str, str]], bytes]:
        url = urlsplit(target)
        scope: dict[str, Any] = {**request.scope, "method": verb, "query_string": url.query.encode()}
        scope |= {"raw_path": url.path.encode(), "path": unquote(url.path), "path_params": {}, "state": {}}
        host = (b"host", request.headers.get("host", "").encode())
        given = [(name.encode(), value.encode("latin-1")) for name, value in headers if name != "host"]
        scope["headers"] = [host, *given]
        sent: list[dict[str, Any]] = []

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message: dict[str, Any]) -> None:
            sent.append(message)

        await self._router(scope, receive, send)  # type: ignore[arg-type]
        answered = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in sent[0]["headers"]]
        return sent[0]["status"], answered, b"".join(message.get("body", b"") for message in sent[1:])


def _parts(body: bytes, boundary: bytes) -> list[tuple[str, bytes]]:
    """The number that each call has from its client, and the call."""
    found = []
    for part in body.replace(b"\r\n", b"\n").split(b"--" + boundary)[1:-1]:
        head, _, call = part.lstrip(b"\n").partition(b"\n\n")
        match = re.search(rb"content-id:\s*<?([^>\n]+)>?", head, re.IGNORECASE)
        number = match[1].decode("latin-1").strip() if match else ""
        found.append((number, _lines(call)))
    return found


def _lines(call: bytes) -> bytes:
    head, _, content = call.partition(b"\n\n")
    return head.rstrip(b"\n").replace(b"\n", b"\r\n") + b"\r\n\r\n" + content.rstrip(b"\n")
