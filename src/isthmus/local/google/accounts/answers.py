"""How a handler's result or refusal becomes an answer of the IAM APIs."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from isthmus.local.google.accounts.store import Json
from isthmus.local.google.rest import error_response
from isthmus.local.google.rpc import RpcError, invalid

Handler = Callable[[Request], Awaitable[Any]]


def answered(handle: Handler) -> Callable[[Request], Awaitable[Response]]:
    """A handler whose result is sent as JSON, and whose every refusal is Google's."""

    async def call(request: Request) -> Response:
        try:
            found = await handle(request)
        except RpcError as error:
            return error_response(error)
        except (msgspec.MsgspecError, RecursionError) as error:
            return error_response(invalid(f"Invalid JSON payload received. {error}"))
        return found if isinstance(found, Response) else JSONResponse(found)

    return call


async def json_of(request: Request) -> Json:
    """The JSON object in a request's body."""
    return dict(msgspec.json.decode(await request.body() or b"{}", type=dict[str, Any]))
