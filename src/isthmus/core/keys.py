"""Object keys: pure functions of the frame, so that every redelivery names the same object."""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import quote, unquote

from isthmus.core import uuid7
from isthmus.core.frames import Frame

EVENTS = "events/"
QUARANTINE = "quarantine/"
_SUFFIX = ".ndjson.gz"
_SAFE = "-_.~"
_KEY = re.compile(
    r"(?:events|quarantine)/type=(?P<type>[^/]+)/date=(?P<date>[0-9-]{10})/hour=(?P<hour>[0-9]{2})/"
    r"(?P<frame>[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12})\.ndjson\.gz"
)


@dataclass(frozen=True)
class Place:
    """What a key says: the type, the hour (UTC, `2013-01-01T05`) and the frame."""

    type: str
    hour: str
    frame: uuid.UUID

    @property
    def unix_ms(self) -> int:
        """When the frame was accepted."""
        return uuid7.unix_ms(self.frame)


def event_key(frame: Frame) -> str:
    """Returns the key of a frame's events: `events/type=…/date=YYYY-MM-DD/hour=HH/<frame>.ndjson.gz` (UTC)."""
    return EVENTS + _tail(frame)


def quarantine_key(frame: Frame) -> str:
    """Returns the key of those events of a frame that can't be read."""
    return QUARANTINE + _tail(frame)


def _tail(frame: Frame) -> str:
    accepted = datetime.fromtimestamp(uuid7.unix_ms(frame.id) / 1000, UTC)
    type_ = quote(frame.type, safe=_SAFE)
    return f"type={type_}/date={accepted:%Y-%m-%d}/hour={accepted:%H}/{frame.id}{_SUFFIX}"


def place(key: str) -> Place | None:
    """Reads a key; None when it isn't one of ours."""
    match = _KEY.fullmatch(key)
    if not match:
        return None
    return Place(unquote(match["type"]), f"{match['date']}T{match['hour']}", uuid.UUID(match["frame"]))
