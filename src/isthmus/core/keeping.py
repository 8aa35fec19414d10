"""Archive and bridge: what happens to a frame behind the broker."""

from __future__ import annotations

import base64
from dataclasses import dataclass

import msgspec

from isthmus.core import frames, keys
from isthmus.core.errors import PoisonedFrame
from isthmus.core.events import Checked, Rejection, check_lines, encode_lines
from isthmus.core.frames import Cloud, Frame
from isthmus.core.ports import Broker, Bucket
from isthmus.core.routing import crosses


@dataclass(frozen=True)
class Kept:
    """What became of a frame in a bucket.

    Attributes:
        key: Its key, "" when no event of it was good.
        written: Whether this call wrote it; False when it was there already, which is success too.
        size_bytes: Bytes of the object.
        quarantined: Events that went to `quarantine/`.
    """

    key: str
    written: bool
    size_bytes: int
    quarantined: int = 0


def keep(frame: Frame, bucket: Bucket) -> Kept:
    """Writes a frame's object, and its unreadable events to `quarantine/`, each once.

    Raises:
        PoisonedFrame: when the frame as a whole can't be read.
        Unavailable: when the bucket can't be reached.
    """
    checked, bad = check_lines(frames.lines(frame))
    found = len(checked) + len(bad)
    if found != frame.count:
        raise PoisonedFrame(f"attribute count is {frame.count}, and the body has {found} events")
    bad += [_stranger(event, frame) for event in checked if event.type != frame.type]
    checked = [event for event in checked if event.type == frame.type]
    if not bad:
        return _write(frame, bucket, frames.object_bytes(frame), len(checked), 0)
    lines = frames.stored_gzip(_quarantine_lines(bad))
    bucket.put_new(keys.quarantine_key(frame), lines, events=len(bad))
    if not checked:
        return Kept("", False, 0, len(bad))
    return _write(frame, bucket, _rest(checked), len(checked), len(bad))


def _write(frame: Frame, bucket: Bucket, data: bytes, events: int, quarantined: int) -> Kept:
    key = keys.event_key(frame)
    return Kept(key, bucket.put_new(key, data, events=events), len(data), quarantined)


def _rest(checked: list[Checked]) -> bytes:
    """Stored blocks, because both clouds must write the same bytes and no compressor promises that."""
    return frames.stored_gzip(encode_lines([event.event for event in checked]))


def _stranger(event: Checked, frame: Frame) -> tuple[int, bytes, Rejection]:
    reason = f"the frame has the type {frame.type!r}"
    why = Rejection(event.index, "type", reason, event.id, event.source)
    return event.index, encode_lines([event.event]).rstrip(b"\n"), why


def _quarantine_lines(bad: list[tuple[int, bytes, Rejection]]) -> bytes:
    rows = [
        {
            "index": index,
            "attribute": why.attribute,
            "reason": why.reason,
            "event_base64": base64.b64encode(line).decode("ascii"),
        }
        for index, line, why in bad
    ]
    return msgspec.json.Encoder().encode_lines(rows)


def bridge(frame: Frame, here: Cloud, there: Broker) -> bool:
    """Forwards a frame to the other cloud's broker if its own cloud's broker held it first; True when it did.

    Raises:
        Unavailable: when the other broker can't be reached.
    """
    if not crosses(frame, here):
        return False
    there.publish(frame)
    return True
