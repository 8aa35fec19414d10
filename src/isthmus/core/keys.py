"""Object keys: pure functions of the frame, so that every redelivery names the same object."""

from __future__ import annotations

import re
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import quote, unquote

from isthmus.core import uuid7
from isthmus.core.frames import Frame

EVENTS = "events/"
QUARANTINE = "quarantine/"
COMPACTED = "compacted/"
NEVER_MS = 253_402_300_800_000
"""The year 10000, in Unix milliseconds."""
_SUFFIX = ".ndjson.gz"
_SAFE = "-_.~"
_KEY = re.compile(
    r"(?:events|quarantine)/type=(?P<type>[^/]+)/date=(?P<date>[0-9-]{10})/hour=(?P<hour>[0-9]{2})/"
    r"(?P<frame>[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12})\.ndjson\.gz"
)

_COMPACTED = re.compile(r"compacted/type=(?P<type>[^/]+)/date=(?P<date>[0-9]{4}-[0-9]{2}-[0-9]{2})/events\.parquet")

_FOLDER = re.compile(r"(?:events|quarantine)/type=[^/]+/date=(?P<date>[0-9-]{10})/hour=(?P<hour>[0-9]{2})/")
_NAME = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}\.ndjson\.gz")
_FORM = "xxxxxxxx-xxxx-7xxx-vxxx-xxxxxxxxxxxx.ndjson.gz"
_ALLOWED = {"x": b"0123456789abcdef", "v": b"89ab"}


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


@dataclass(frozen=True, order=True)
class Day:
    """The events of a type that were accepted on a day (UTC, `2013-01-01`): what one Parquet object holds."""

    type: str
    date: str

    @property
    def key(self) -> str:
        """The key of its Parquet object: `compacted/type=…/date=YYYY-MM-DD/events.parquet`."""
        return f"{type_folder(COMPACTED, self.type)}date={self.date}/events.parquet"


def event_key(frame: Frame) -> str:
    """Returns the key of a frame's events: `events/type=…/date=YYYY-MM-DD/hour=HH/<frame>.ndjson.gz` (UTC)."""
    return EVENTS + _tail(frame)


def quarantine_key(frame: Frame) -> str:
    """Returns the key of those events of a frame that can't be read."""
    return QUARANTINE + _tail(frame)


def _tail(frame: Frame) -> str:
    accepted = datetime.fromtimestamp(uuid7.unix_ms(frame.id) / 1000, UTC)
    return f"{type_folder('', frame.type)}date={accepted:%Y-%m-%d}/hour={accepted:%H}/{frame.id}{_SUFFIX}"


def place(key: str) -> Place | None:
    """Reads a key; None when it isn't one of ours."""
    match = _KEY.fullmatch(key)
    if not match:
        return None
    return Place(unquote(match["type"]), f"{match['date']}T{match['hour']}", uuid.UUID(match["frame"]))


def compacted_day(key: str) -> Day | None:
    """Reads the key of a Parquet object; None when it isn't one of ours."""
    match = _COMPACTED.fullmatch(key)
    return Day(unquote(match["type"]), match["date"]) if match else None


def folder(key: str) -> str:
    """Returns the hour's folder that a key is in, `events/type=…/date=…/hour=…/`; "" when it is in none of ours."""
    match = _FOLDER.match(key)
    return match[0] if match else ""


def frame_names(folder: str, names: Sequence[str]) -> bool:
    """Whether all of these keys, each of which begins with the folder, are keys of frames.

    A thousand are looked at together, column by column: ten times as fast as one after another.
    """
    length = len(folder) + len(_FORM)
    if set(map(len, names)) - {length}:
        return False
    try:
        text = "".join(names).encode("latin-1")
    except UnicodeEncodeError:
        return all(is_frame_name(folder, name) for name in names)
    return not any(
        text[column::length].translate(None, _ALLOWED.get(sign, sign.encode()))
        for column, sign in enumerate(_FORM, len(folder))
    )


def is_frame_name(folder: str, name: str) -> bool:
    """Whether a key that begins with the folder is a frame's."""
    return _NAME.fullmatch(name, len(folder)) is not None


def accepted_ms(key: str) -> int:
    """Returns when the frame of a key was accepted, Unix milliseconds; the key must be one of ours."""
    start = key.rindex("/") + 1
    return int(key[start : start + 8] + key[start + 9 : start + 13], 16)


def day_end_ms(folder: str) -> int:
    """Returns when the day of a folder `…/date=YYYY-MM-DD/…` ends, Unix milliseconds; far ahead if it is no day."""
    day = folder.split("date=", 1)[1][:10]
    try:
        return int((datetime.fromisoformat(day).replace(tzinfo=UTC) + timedelta(days=1)).timestamp() * 1000)
    except (ValueError, OverflowError):
        return NEVER_MS


def type_folder(prefix: str, type_: str) -> str:
    """Returns what the keys of an event type begin with, below `EVENTS` or `QUARANTINE`."""
    return f"{prefix}type={quote(type_, safe=_SAFE)}/"
