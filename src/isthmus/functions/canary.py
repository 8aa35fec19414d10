"""The synthetic check: asks an ingest whether it can publish, sends it a marked event, and waits for that.

`isthmus probe` and the canary on AWS (`functions.aws.canary`) run this. It needs the standard library alone, so that
the canary's package stays small.
"""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any, Protocol

from isthmus.core import gzipped
from isthmus.core.errors import Unavailable

TIMEOUT_SECONDS = 10.0
CLOCK_SECONDS = 60
"""How far the clock of an ingest may be behind this one's for its frame to be found."""
MAX_UNPACKED_BYTES = 8 * 1024 * 1024
"""What a frame unpacks to at most, as `core.frames` says; that would bring a library that the canary doesn't have."""
TYPE = "isthmus.probe"
"""The type of synthetic events, and nobody else's: `where type <> 'isthmus.probe'` leaves them out of a query."""
FOLDER = f"events/type={TYPE}/"
"""Where the archives keep them."""


class NotReady(Exception):
    """The ingest answered something else than that it can publish."""


class Archive(Protocol):
    """What is asked of an archive."""

    def keys(self, prefix: str, after: str) -> Iterator[str]:
        """The keys below a prefix, in order, beginning behind a key; Unavailable when it can't be told now."""

    def get(self, key: str) -> bytes:
        """An object's bytes; Unavailable when they can't be had now."""


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


def wait(holds: Callable[[], bool], deadline: float, poll_seconds: float) -> str | None:
    """Waits until it holds, and returns None; after the deadline why it could not be told, "" when it could.

    Args:
        holds: Asked again and again; Unavailable when it can't be told now.
        deadline: By the monotonic clock.
        poll_seconds: Between two questions.
    """
    why = ""
    while True:
        try:
            if holds():
                return None
            why = ""
        except Unavailable as error:
            why = f": {error.what}"
        if time.monotonic() >= deadline:
            return why
        time.sleep(poll_seconds)


def arrived(archive: Archive, event_id: str, sent: float) -> bool:
    """Whether a synthetic event is in an archive: only the frames since it was sent, in Unix seconds, are looked at.

    Raises:
        Unavailable: The archive can't be asked now.
    """
    since = sent - CLOCK_SECONDS
    milliseconds = f"{int(since * 1000):012x}"
    for hour in range(int(since // 3600), int((time.time() + CLOCK_SECONDS) // 3600) + 1):
        folder = f"{FOLDER}{datetime.fromtimestamp(hour * 3600, UTC):date=%Y-%m-%d/hour=%H/}"
        # A frame's id begins with the milliseconds of its time, so its name is behind this one.
        for key in archive.keys(folder, f"{folder}{milliseconds[:8]}-{milliseconds[8:]}"):
            if event_id.encode() in gzipped.unpack(archive.get(key), MAX_UNPACKED_BYTES):
                return True
    return False
