"""How a gRPC call is refused."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import grpc
from google.rpc import error_details_pb2, status_pb2


class RpcError(Exception):
    """A call that is refused.

    Args:
        code: The gRPC status.
        message: What is wrong.
        details: What programs read of it: messages of google.rpc, as `error_info` makes them.
    """

    def __init__(self, code: grpc.StatusCode, message: str, *details: Any) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.details = details

    def trailers(self) -> tuple[tuple[str, bytes], ...]:
        """The trailing metadata by which gRPC's clients get the details."""
        if not self.details:
            return ()
        status = status_pb2.Status(code=self.code.value[0], message=self.message)
        for one in self.details:
            status.details.add().Pack(one)
        return (("grpc-status-details-bin", status.SerializeToString()),)


def error_info(reason: str, domain: str, metadata: Mapping[str, str]) -> Any:
    """Why a call is refused, for programs.

    Args:
        reason: Google's word for it.
        domain: The service whose word that is.
        metadata: Of what it is said.
    """
    return error_details_pb2.ErrorInfo(reason=reason, domain=domain, metadata=metadata)


def invalid(message: str) -> RpcError:
    """An argument is wrong."""
    return RpcError(grpc.StatusCode.INVALID_ARGUMENT, message)


def unimplemented(what: str) -> RpcError:
    """Something that the real service has and this one doesn't."""
    return RpcError(grpc.StatusCode.UNIMPLEMENTED, f"{what} is not implemented here.")
