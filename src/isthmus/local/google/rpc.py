"""Unary gRPC methods as plain functions: a table of names, request types and handlers becomes a service."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import grpc

from isthmus.adapters.calls import Calls


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


Method = tuple[Callable[[Any], Any], Any]


def service(name: str, methods: Mapping[str, Method], calls: Calls, prefix: str) -> grpc.GenericRpcHandler:
    """Makes a service of methods; each is counted as `<prefix>.<Method>`.

    Args:
        name: The service's full name.
        methods: For each method its handler and the protobuf class of its request.
        calls: Where calls are counted.
        prefix: What the counts begin with.
    """
    handlers = {
        method: grpc.unary_unary_rpc_method_handler(
            _guarded(handle, f"{prefix}.{method}", calls), request.FromString, lambda answer: answer.SerializeToString()
        )
        for method, (handle, request) in methods.items()
    }
    return grpc.method_handlers_generic_handler(name, handlers)


def _guarded(handle: Callable[[Any], Any], counted: str, calls: Calls) -> Callable[[Any, Any], Any]:
    async def call(request: Any, context: grpc.aio.ServicerContext) -> Any:
        calls.add(counted)
        try:
            return handle(request)
        except RpcError as error:
            await context.abort(error.code, error.message)

    return call
