"""gRPC methods as plain functions: a table of names, request types and handlers becomes a service."""

from __future__ import annotations

import inspect
import logging
import sqlite3
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from typing import Any

import grpc

from isthmus.adapters.calls import Calls
from isthmus.local.google.permissions import check_project, no_project
from isthmus.local.google.projects import Projects
from isthmus.local.google.refusals import RpcError, invalid, unimplemented

__all__ = [
    "CALLER",
    "Gate",
    "Handlers",
    "Method",
    "RpcError",
    "answer",
    "authorization_of",
    "invalid",
    "refuse",
    "serialize",
    "service",
    "unimplemented",
]
_log = logging.getLogger("isthmus.local.google")


Method = tuple[Callable[[Any], Any], Any]
"""A handler (a coroutine function or a plain one) and the protobuf class of its request."""

CALLER: ContextVar[str] = ContextVar("CALLER", default="")
"""The member that makes the call under way, where that is enforced."""


class Gate:
    """What every call goes through before it is carried out.

    Args:
        calls: Where calls are counted.
        projects: The projects that there are; None for any.

    Attributes:
        access: Decides who may call; None lets everybody.
    """

    def __init__(self, calls: Calls, projects: Projects | None = None) -> None:
        self.calls, self._projects = calls, projects
        self.access: Any = None

    def enter_project(self, counted: str, project: str) -> None:
        """Counts a call that names its project alone. Raises PERMISSION_DENIED for one that isn't there."""
        self.calls.add(counted)
        if self._projects is not None and project not in ("-", "_") and project not in self._projects:
            raise RpcError(grpc.StatusCode.PERMISSION_DENIED, no_project(project))

    def enter(self, counted: str, request: Any, authorization: str) -> None:
        """Counts a call. Raises RpcError when its caller may not make it."""
        self.calls.add(counted)
        if self._projects is not None:
            check_project(counted, request, self._projects)
        if self.access is not None and self.access.on:
            CALLER.set(self.access.member(authorization))
            self.access.check_call(counted, request, authorization)


def authorization_of(context: grpc.aio.ServicerContext) -> str:
    """The Authorization header of a gRPC call."""
    return next((str(value) for name, value in context.invocation_metadata() or () if name == "authorization"), "")


async def answer(handle: Callable[[Any], Any], request: Any, counted: str, gate: Gate, authorization: str) -> Any:
    """Counts and carries out one call, whatever protocol it came by.

    Raises:
        RpcError: when the call is refused, or what it wrote could not be kept.
    """
    gate.enter(counted, request, authorization)
    try:
        result = handle(request)
        return await result if inspect.isawaitable(result) else result
    except sqlite3.Error as error:
        message = f"It could not be kept, and nothing of it was: {error}. Is the disk full?"
        raise RpcError(grpc.StatusCode.UNAVAILABLE, message) from error


def service(name: str, methods: Mapping[str, Method], gate: Gate, prefix: str) -> dict[str, grpc.RpcMethodHandler]:
    """Makes gRPC handlers of methods, each counted as `<prefix>.<Method>`, by the method's whole name.

    Args:
        name: The service's full name.
        methods: For each method its handler and request class.
        gate: Counts the calls and checks their callers.
        prefix: What the counts begin with.
    """
    return {
        f"/{name}/{method}": grpc.unary_unary_rpc_method_handler(
            _unary(handle, f"{prefix}.{method}", gate), request.FromString, serialize
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


async def refuse(context: grpc.aio.ServicerContext, error: RpcError) -> None:
    """Ends a gRPC call with a refusal, its details included."""
    await context.abort(error.code, error.message, error.trailers())


def serialize(message: Any) -> bytes:
    """The bytes of a protobuf message."""
    data: bytes = message.SerializeToString()
    return data


def _unary(handle: Callable[[Any], Any], counted: str, gate: Gate) -> Callable[[Any, Any], Any]:
    async def call(request: Any, context: grpc.aio.ServicerContext) -> Any:
        try:
            authorization = authorization_of(context) if gate.access is not None and gate.access.on else ""
            return await answer(handle, request, counted, gate, authorization)
        except RpcError as error:
            await refuse(context, error)
        except Exception as error:
            _log.exception("%s failed", counted)
            await context.abort(grpc.StatusCode.INTERNAL, f"{counted}: {type(error).__name__}: {error}")

    return call


def _unknown(name: str) -> Callable[[Any, Any], Any]:
    async def call(_: Any, context: grpc.aio.ServicerContext) -> None:
        _log.warning("%s was called and is not implemented", name)
        await context.abort(grpc.StatusCode.UNIMPLEMENTED, f"{name.lstrip('/')} is not implemented here.")

    return call
