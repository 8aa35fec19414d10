"""How a gRPC call is refused."""

from __future__ import annotations

import grpc


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
