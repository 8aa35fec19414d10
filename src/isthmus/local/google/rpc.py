"""gRPC methods as plain functions: a table of names, request types and handlers becomes a service."""

from __future__ import annotations

import inspect
import logging
import sqlite3
from collections.abc import Callable, Mapping
from typing import Any

import grpc

from isthmus.adapters.calls import Calls

_log = logging.getLogger("isthmus.local.google")


class RpcError(Exception):
    """A call that is refused.

    Args:
        code: The gRPC status.
        message: What is wrong.
    """

    def __init__(self, code: grpc.StatusCode, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


def invalid(message: str) -> RpcError:
    """An argument is wrong."""
    return RpcError(grpc.StatusCode.INVALID_ARGUMENT, message)


def unimplemented(what: str) -> RpcError:
    """Something that the real service has and this one doesn't."""
    return RpcError(grpc.StatusCode.UNIMPLEMENTED, f"{what} is not implemented here.")


Method = tuple[Callable[[Any], Any], Any]
"""A handler (a coroutine function or a plain one) and the protobuf class of its request."""


async def answer(handle: Callable[[Any], Any], request: Any, counted: str, calls: Calls) -> Any:
    """Counts and carries out one call, whatever protocol it came by.

    Raises:
        RpcError: when the call is refused, or what it wrote could not be kept.
    """
    calls.add(counted)
    try:
        result = handle(request)
        return await result if inspect.isawaitable(result) else result
    except sqlite3.Error as error:
        message = f"It could not be kept, and nothing of it was: {error}. Is the disk full?"
        raise RpcError(grpc.StatusCode.UNAVAILABLE, message) from error


def service(name: str, methods: Mapping[str, Method], calls: Calls, prefix: str) -> dict[str, grpc.RpcMethodHandler]:
    """Makes gRPC handlers of methods, each counted as `<prefix>.<Method>`, by the method's whole name.

    Args:
        name: The service's full name.
        methods: For each method its handler and request class.
        calls: Where calls are counted.
        prefix: What the counts begin with.
    """
    return {
        f"/{name}/{method}": grpc.unary_unary_rpc_method_handler(
            _unary(handle, f"{prefix}.{method}", calls), request.FromString, serialize
        )
        for method, (handle, request) in methods.items()
    }


class Handlers(grpc.GenericRpcHandler):  # type: ignore[misc]
    """All handlers of a server; a method that none has is answered by its name."""

    def __init__(self, handlers: Mapping[str, grpc.RpcMethodHandler]) -> None:
        self._handlers = dict(handlers)

    def service(self, handler_call_details: grpc.HandlerCallDetails) -> grpc.RpcMethodHandler:
        """Finds the handler of a call."""
        name = handler_call_details.method
        return self._handlers.get(name) or grpc.stream_stream_rpc_method_handler(_unknown(name))


def serialize(message: Any) -> bytes:
    """The bytes of a protobuf message."""
    data: bytes = message.SerializeToString()
    return data


def _unary(handle: Callable[[Any], Any], counted: str, calls: Calls) -> Callable[[Any, Any], Any]:
    async def call(request: Any, context: grpc.aio.ServicerContext) -> Any:
        try:
            return await answer(handle, request, counted, calls)
        except RpcError as error:
            await context.abort(error.code, error.message)
        except Exception as error:
            _log.exception("%s failed", counted)
            await context.abort(grpc.StatusCode.INTERNAL, f"{counted}: {type(error).__name__}: {error}")

    return call


def _unknown(name: str) -> Callable[[Any, Any], Any]:
    async def call(_: Any, context: grpc.aio.ServicerContext) -> None:
        _log.warning("%s was called and is not implemented", name)
        await context.abort(grpc.StatusCode.UNIMPLEMENTED, f"{name.lstrip('/')} is not implemented here.")

    return call
