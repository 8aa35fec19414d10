"""Errors as Pub/Sub answers them: a gRPC status and its sentence."""

from __future__ import annotations

import grpc


class PubSubError(Exception):
    """A call that Pub/Sub refuses.

    Args:
        code: The gRPC status.
        message: What is wrong.
    """

    def __init__(self, code: grpc.StatusCode, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


def not_found(name: str) -> PubSubError:
    """The resource isn't there."""
    return PubSubError(grpc.StatusCode.NOT_FOUND, f"Resource not found (resource={name.rpartition('/')[2]}).")


def already_exists(name: str) -> PubSubError:
    """The resource is there already."""
    short = name.rpartition("/")[2]
    return PubSubError(grpc.StatusCode.ALREADY_EXISTS, f"Resource already exists in the project (resource={short}).")


def invalid(message: str) -> PubSubError:
    """An argument is wrong."""
    return PubSubError(grpc.StatusCode.INVALID_ARGUMENT, message)
