"""The synthetic check that CloudWatch runs: asks an ingest whether it can publish. Standard library alone."""

from __future__ import annotations

import os
import time
import urllib.request

URL_VARIABLE = "ISTHMUS_PROBE_URL"
TIMEOUT_SECONDS = 10.0


class NotReady(Exception):
    """The ingest answered something else than that it can publish."""


def probe(url: str, timeout_seconds: float = TIMEOUT_SECONDS) -> float:
    """Asks once and returns the seconds that the answer took.

    Raises:
        NotReady: It answered something else than 200.
        OSError: It did not answer.
    """
    if not url.startswith(("https://", "http://127.0.0.1:")):
        raise NotReady(f"{url} is not HTTPS")
    began = time.monotonic()
    request = urllib.request.Request(url, headers={"User-Agent": "isthmus-canary"})  # noqa: S310 # checked above
    with urllib.request.urlopen(request, timeout=timeout_seconds) as answer:  # noqa: S310
        if answer.status != 200:
            raise NotReady(f"{url} answered {answer.status}")
    return time.monotonic() - began


def handler(event: object, context: object) -> dict[str, float]:
    """What CloudWatch Synthetics calls: it fails by an exception."""
    return {"seconds": round(probe(os.environ[URL_VARIABLE]), 3)}
