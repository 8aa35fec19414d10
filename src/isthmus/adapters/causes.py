"""What lies below an SDK's error: "Connection refused" rather than four wrapped exceptions with the whole URL."""

from __future__ import annotations


def cause(error: BaseException) -> str:
    """Returns the sentence of the innermost fault of the network, or the error's own where there is none."""
    found = str(error)
    inner: BaseException | None = error
    while inner is not None:
        if isinstance(inner, OSError) and inner.strerror:
            found = inner.strerror
        elif isinstance(inner, TimeoutError):
            found = "no answer in time"
        inner = inner.__cause__ or inner.__context__
    return found
