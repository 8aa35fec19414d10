"""What the Cloud Run admin API answers when it refuses: Google's JSON errors."""

from __future__ import annotations

from typing import Any

from starlette.responses import JSONResponse

from isthmus.core.errors import IsthmusError

#: HTTP status and the number that a `google.rpc.Status` has, by the status's name.
STATUSES = {
    "INVALID_ARGUMENT": (400, 3),
    "FAILED_PRECONDITION": (400, 9),
    "PERMISSION_DENIED": (403, 7),
    "NOT_FOUND": (404, 5),
    "ALREADY_EXISTS": (409, 6),
    "ABORTED": (409, 10),
    "INTERNAL": (500, 13),
}


class Refusal(IsthmusError):
    """A request that the API refuses.

    Args:
        status: One of `STATUSES`.
        message: Google's words where they are known.
    """

    def __init__(self, status: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message

    def response(self) -> JSONResponse:
        """The refusal as an HTTP answer."""
        code = STATUSES[self.status][0]
        body = {"error": {"code": code, "message": self.message, "status": self.status}}
        return JSONResponse(body, status_code=code)

    def rpc_status(self) -> dict[str, Any]:
        """The refusal as the `error` of an operation."""
        return {"code": STATUSES[self.status][1], "message": self.message}


def not_found(project: str, location: str, service: str) -> Refusal:
    """The service isn't there."""
    place = f"in region '{location}' in project '{project}'"
    return Refusal("NOT_FOUND", f"Resource '{service}' of kind 'SERVICE' {place} does not exist.")


def invalid(field: str, why: str) -> Refusal:
    """A field of the request is wrong."""
    return Refusal("INVALID_ARGUMENT", f"Violation in {field}: {why}")
