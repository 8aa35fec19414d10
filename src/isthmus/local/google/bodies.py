"""Bodies of HTTP requests are bounded before anything reads them."""

from __future__ import annotations

from typing import Any

from starlette.requests import ClientDisconnect
from starlette.responses import JSONResponse

MAX_CONTENT_BYTES = 1_000_000_000
"""Of an upload: what an object may have here, and the metadata around it."""

MAX_CALL_BYTES = 32 * 1024 * 1024
"""Of any other call: more than Pub/Sub, Cloud KMS and a batch of Cloud Storage take."""


class Bounded:
    """An ASGI application whose requests are answered with 413 where they bring too much.

    Args:
        app: The application.
    """

    def __init__(self, app: Any) -> None:
        self._app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answers a request."""
        if scope["type"] != "http" or scope["method"] == "GET":
            await self._app(scope, receive, send)
            return
        limit = MAX_CONTENT_BYTES if _brings_content(scope) else MAX_CALL_BYTES
        length = next((value for name, value in scope["headers"] if name == b"content-length"), None)
        if length is None:
            await self._counted(scope, receive, send, limit)
        elif int(length) > limit:
            await _too_large(limit)(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    async def _counted(self, scope: Any, receive: Any, send: Any, limit: int) -> None:
        """Answers a request that doesn't say how long it is."""
        got = 0

        async def counted() -> Any:
            nonlocal got
            message = await receive()
            got += len(message.get("body", b""))
            return message if got <= limit else {"type": "http.disconnect"}

        async def unless_refused(message: Any) -> None:
            if got <= limit:
                await send(message)

        try:
            await self._app(scope, counted, unless_refused)
        except ClientDisconnect:
            if got <= limit:
                raise
        if got > limit:
            await _too_large(limit)(scope, receive, send)


def _brings_content(scope: Any) -> bool:
    """Whether a request may be an upload: by the JSON API, or by the XML API, which has no prefix of its own."""
    return str(scope["path"]).startswith("/upload/") or not str(scope["path"]).startswith(
        ("/v1/", "/v2/", "/storage/", "/batch", "/_isthmus/", "/token", "/retry_test")
    )


def _too_large(limit: int) -> JSONResponse:
    message = f"Request payload size exceeds the limit: {limit} bytes."
    error = {
        "code": 413,
        "message": message,
        "errors": [{"message": message, "domain": "global", "reason": "uploadTooLarge"}],
    }
    # What still comes of the body is not read.
    return JSONResponse({"error": error}, 413, {"connection": "close"})
