"""The synthetic check: asks an ingest whether it can publish, and sends it a marked event. Standard library alone.

CloudWatch runs the first by `handler`; `isthmus probe` runs both, and waits for the event in the archives.
"""

from __future__ import annotations

import json
import os
import time
import urllib.error
import urllib.request
from typing import Any

URL_VARIABLE = "ISTHMUS_PROBE_URL"
TIMEOUT_SECONDS = 10.0
TYPE = "isthmus.probe"
"""The type of synthetic events, and nobody else's: `where type <> 'isthmus.probe'` leaves them out of a query."""


class NotReady(Exception):
    """The ingest answered something else than that it can publish."""


def probe(url: str, timeout_seconds: float = TIMEOUT_SECONDS) -> float:
    """Asks once and returns the seconds that the answer took.

    Raises:
        NotReady: It answered something else than 200.
        OSError: It did not answer.
    """
    return _ask(urllib.request.Request(url), 200, timeout_seconds)  # noqa: S310 # checked in _ask


def synthetic(event_id: str, source: str) -> dict[str, Any]:
    """An event that is marked as nobody's: by its type, and by the extension `synthetic`."""
    return {"specversion": "1.0", "id": event_id, "source": source, "type": TYPE, "synthetic": True, "data": {}}


def send(url: str, key: str, event: dict[str, Any], timeout_seconds: float = TIMEOUT_SECONDS) -> float:
    """Sends one event to an ingest and returns the seconds until it was accepted.

    Args:
        url: Base URL of the ingest.
        key: An API key that may send `TYPE`.
        event: What `synthetic` made.
        timeout_seconds: How long to wait for the answer.

    Raises:
        NotReady: It answered something else than 202.
        OSError: It did not answer.
    """
    headers = {"Content-Type": "application/cloudevents+json", "x-api-key": key}
    data = json.dumps(event).encode()
    return _ask(urllib.request.Request(f"{url}/v1/events", data, headers), 202, timeout_seconds)  # noqa: S310


def _ask(request: urllib.request.Request, wanted: int, timeout_seconds: float) -> float:
    url = request.full_url
    if not url.startswith(("https://", "http://127.0.0.1:")):
        raise NotReady(f"{url} is not HTTPS")
    request.add_header("User-Agent", "isthmus-canary")
    # Not by a proxy of the environment: what is asked is whether this place reaches the ingest.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    began = time.monotonic()
    try:
        with opener.open(request, timeout=timeout_seconds) as answer:
            status = answer.status
    except urllib.error.HTTPError as error:
        status = error.code
    if status != wanted:
        raise NotReady(f"{url} answered {status}")
    return time.monotonic() - began


def handler(event: object, context: object) -> dict[str, float]:
    """What CloudWatch Synthetics calls: it fails by an exception."""
    return {"seconds": round(probe(os.environ[URL_VARIABLE]), 3)}
