"""How a handler's result or failure becomes an answer."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from isthmus.local.google.storage.common import Json
from isthmus.local.google.storage.errors import StorageError
from isthmus.local.google.storage.faults import Reset

Handler = Callable[[Request], Awaitable[Response]]
_log = logging.getLogger("isthmus.local.google")


def answered(handle: Handler, shape: Callable[[StorageError], Response] = StorageError.response) -> Handler:
    """A handler whose every failure is Google's, whatever it is.

    Args:
        handle: The handler.
        shape: How an error is written; as JSON unless told.
    """

    async def call(request: Request) -> Response:
        try:
            return await handle(request)
        except StorageError as error:
            return shape(error)
        except Reset:
            cut(request)
            return Response(status_code=499)
        except sqlite3.Error as error:
            message = f"It could not be kept, and nothing of it was: {error}. Is the disk full?"
            return shape(StorageError(503, message))
        except (msgspec.MsgspecError, ValueError, OverflowError, RecursionError) as error:
            return shape(StorageError(400, f"The request can't be read: {error}"))
        except ClientDisconnect:
            return Response(status_code=499)
        except Exception as error:
            _log.exception("%s %s failed", request.method, request.url.path)
            return shape(StorageError(500, f"{type(error).__name__}: {error}"))

    return call


def cut(request: Request) -> None:
    """Cuts the connection without a word, as a network does."""
    transport = (request.scope.get("state") or {}).get("transport")
    if transport is not None:
        transport.abort()


class Broken(Response):
    """An answer that breaks off: its first bytes, then the connection is cut.

    Args:
        whole: The answer as it should be.
        request: The request.
        after_bytes: How much of the body is sent.
    """

    def __init__(self, whole: Response, request: Request, after_bytes: int) -> None:
        super().__init__(b"", whole.status_code)
        self.raw_headers = whole.raw_headers
        self._part, self._request = bytes(whole.body)[:after_bytes], request

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Sends what it may."""
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        await send({"type": "http.response.body", "body": self._part, "more_body": True})
        cut(self._request)


async def json_of(request: Request) -> Json:
    """The JSON object in a request's body."""
    return dict(msgspec.json.decode(await request.body() or b"{}", type=dict[str, Any]))
