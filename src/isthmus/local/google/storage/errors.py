"""Errors in the shape of Google's JSON APIs."""

from __future__ import annotations

from starlette.responses import JSONResponse, Response

_REASONS = {
    400: "invalid",
    401: "required",
    403: "forbidden",
    404: "notFound",
    409: "conflict",
    412: "conditionNotMet",
    408: "requestTimeout",
    416: "requestedRangeNotSatisfiable",
    429: "rateLimitExceeded",
    500: "internalError",
    502: "backendError",
    504: "backendError",
    501: "notImplemented",
    503: "backendError",
}


class StorageError(Exception):
    """A call that Cloud Storage refuses.

    Args:
        status: The HTTP status.
        message: What is wrong.
        location: The parameter at fault.
        reason: Google's word for it, where it isn't the status's usual one.
    """

    def __init__(self, status: int, message: str, location: str = "", reason: str = "") -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.location = location
        self.reason = reason or _REASONS.get(status, "backendError")

    def response(self) -> Response:
        """Returns the error as the API answers it."""
        if self.status == 304:
            return Response(status_code=304)
        detail = {"message": self.message, "domain": "global", "reason": self.reason}
        if self.location:
            detail |= {"locationType": "parameter", "location": self.location}
        error = {"code": self.status, "message": self.message, "errors": [detail]}
        return JSONResponse({"error": error}, self.status)


def precondition_failed(name: str) -> StorageError:
    """A precondition doesn't hold."""
    message = "At least one of the pre-conditions you specified did not hold."
    return StorageError(412, message, name)


def no_bucket() -> StorageError:
    """The bucket isn't there."""
    return StorageError(404, "The specified bucket does not exist.")


def no_object(bucket: str, name: str) -> StorageError:
    """The object isn't there."""
    return StorageError(404, f"No such object: {bucket}/{name}")


def not_implemented(what: str) -> StorageError:
    """Something that Cloud Storage has and this server doesn't."""
    return StorageError(501, f"{what} is not implemented here.")
