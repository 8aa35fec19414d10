"""Frames: the events of one request that share a type, and their form on a broker and in a bucket.

A frame's payload is NDJSON, gzip-compressed where that makes the message smaller. The stored object is the payload's
own gzip bytes (or, for a payload too small to gain, gzip with stored blocks), so both archives hold the same bytes
whatever compression library wrote or read them. See docs/adr/0002.
"""

from __future__ import annotations

import base64
import binascii
import struct
import uuid
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Literal

from isthmus.core import gzipped, uuid7
from isthmus.core.defects import MAX_TYPE_BYTES
from isthmus.core.errors import PoisonedFrame
from isthmus.core.events import Checked, Rejection, encode_lines

Cloud = Literal["aws", "gcp"]
CLOUDS: tuple[Cloud, Cloud] = ("aws", "gcp")

MAX_MESSAGE_BYTES = 240 * 1024
"""Bytes of a message's body. SNS and SQS take 256 KiB with attributes (AWS quotas, 2026-11; SQS alone takes 1 MiB)."""

MAX_UNPACKED_BYTES = 8 * 1024 * 1024
"""Bytes of a frame's NDJSON. Ours: what a reader has to hold; ingest takes no more than that in a request."""

MAX_ATTRIBUTES = 10
"""SNS raw delivery to SQS discards a message with more than ten attributes (SNS developer guide, 2026-11)."""

MAX_REASON_CHARS = 1000
"""Characters of a dead letter's reason; Pub/Sub takes 1,024 bytes of an attribute's value (quotas, 2026-11)."""

VERSION = "1"
_YEAR_9999_MS = 253_402_300_799_999
"""The last millisecond that a key can say; a UUIDv7 holds some six thousand years more."""

_GZIP_LEVEL = 1
_GZIP_WBITS = 31
_STORED_BLOCK_BYTES = 65535
_GZIP_HEADER = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03"


@dataclass(frozen=True)
class Frame:
    """The unit that is published, bridged, stored, retried and dead-lettered.

    Attributes:
        id: UUIDv7 whose time is when the frame was accepted.
        type: The CloudEvents type that all of its events have.
        origin: The cloud whose broker held the frame first.
        count: Events in it.
        payload: NDJSON, gzip-compressed when `compressed`.
        compressed: Whether the payload is gzip.
        traceparent: W3C trace context of the request, "" for none.
    """

    id: uuid.UUID
    type: str
    origin: Cloud
    count: int
    payload: bytes
    compressed: bool
    traceparent: str = ""

    def from_cloud(self, origin: Cloud) -> Frame:
        """Returns the same frame with another origin: what ingest publishes when its own broker is out."""
        return replace(self, origin=origin)


def pack(
    events: Sequence[Checked], *, origin: Cloud, unix_ms: int, seed: bytes, traceparent: str = ""
) -> tuple[list[Frame], list[Rejection]]:
    """Packs events into frames: one type a frame, none above `MAX_MESSAGE_BYTES` in any broker's encoding.

    Args:
        events: Accepted events; their order is kept within a type.
        origin: The cloud that publishes first.
        unix_ms: When they were accepted; the time in each frame's id.
        seed: What makes the ids: the same seed, time and events give the same frames.
        traceparent: W3C trace context of the request.

    Returns:
        The frames, and a rejection for each event that is too large to be one.
    """
    frames: list[Frame] = []
    rejected: list[Rejection] = []
    for type_, group in _by_type(events).items():
        for count, payload, compressed in _payloads(group, rejected):
            frame_id = uuid7.derived(unix_ms, seed, type_.encode(), payload)
            frames.append(Frame(frame_id, type_, origin, count, payload, compressed, traceparent))
    return frames, rejected


def _by_type(events: Sequence[Checked]) -> dict[str, Sequence[Checked]]:
    types = {event.type for event in events}
    if len(types) == 1:
        return {types.pop(): events}
    groups: dict[str, list[Checked]] = {}
    for event in events:
        groups.setdefault(event.type, []).append(event)
    return dict(groups)


def _payloads(group: Sequence[Checked], rejected: list[Rejection]) -> list[tuple[int, bytes, bool]]:
    lines = encode_lines([event.event for event in group])
    packed = zlib.compress(lines, _GZIP_LEVEL, _GZIP_WBITS)
    compressed = base64_size(len(packed)) < len(lines) or _not_text(lines)
    size = base64_size(len(packed)) if compressed else len(lines)
    if size <= MAX_MESSAGE_BYTES and len(lines) <= MAX_UNPACKED_BYTES:
        return [(len(group), packed if compressed else lines, compressed)]
    if len(group) == 1:
        rejected.append(_too_large(group[0], size))
        return []
    half = len(group) // 2
    return _payloads(group[:half], rejected) + _payloads(group[half:], rejected)


def _not_text(lines: bytes) -> bool:
    """Whether SNS and SQS refuse it as a body: they take no U+FFFE and U+FFFF (SQS API, SendMessage, 2026-11)."""
    return b"\xef\xbf\xbe" in lines or b"\xef\xbf\xbf" in lines


def _too_large(event: Checked, size: int) -> Rejection:
    reason = f"{size:,} bytes encoded; a message takes {MAX_MESSAGE_BYTES:,}"
    return Rejection(event.index, "data", reason, event.id, event.source, "too-large")


def base64_size(size: int) -> int:
    """Bytes that `size` bytes take in base64 with padding."""
    return (size + 2) // 3 * 4


def attributes(frame: Frame, *, text: bool) -> dict[str, str]:
    """Returns the message attributes of a frame; `text` for a broker whose bodies are text (SNS, SQS)."""
    encoding = "identity" if not frame.compressed else "gzip+base64" if text else "gzip"
    values = {
        "frame": str(frame.id),
        "type": frame.type,
        "origin": frame.origin,
        "count": str(frame.count),
        "encoding": encoding,
        "v": VERSION,
    }
    if frame.traceparent:
        values["traceparent"] = frame.traceparent
    return values


def dead_letter_attributes(values: Mapping[str, str], reason: str) -> dict[str, str]:
    """Returns a message's attributes with why and when it became a dead letter, within `MAX_ATTRIBUTES`."""
    kept = dict(list(values.items())[: MAX_ATTRIBUTES - 2])
    return kept | {
        "reason": reason[:MAX_REASON_CHARS],
        "failed_at": datetime.now(UTC).isoformat(timespec="milliseconds"),
    }


def body_text(frame: Frame) -> str:
    """Returns a frame's body for a broker that takes text."""
    return base64.b64encode(frame.payload).decode("ascii") if frame.compressed else frame.payload.decode("utf-8")


def parse(values: Mapping[str, str], body: bytes) -> Frame:
    """Reads a frame from a message's attributes and body.

    Raises:
        PoisonedFrame: when an attribute is missing or wrong, or the body can't be decoded.
    """
    if values.get("v") != VERSION:
        raise PoisonedFrame(f"attribute v is {values.get('v')!r}, not {VERSION!r}")
    encoding = values.get("encoding", "")
    if encoding not in ("identity", "gzip", "gzip+base64"):
        raise PoisonedFrame(f"attribute encoding is {encoding!r}; identity, gzip or gzip+base64 are known")
    payload = _unbase64(body) if encoding == "gzip+base64" else body
    if not payload:
        # Buried here, since the other cloud's broker takes no empty message (SNS API, Publish, 2026-11).
        raise PoisonedFrame("the body is empty")
    return Frame(
        id=_frame_id(values.get("frame", "")),
        type=_type(values.get("type", "")),
        origin=_origin(values.get("origin", "")),
        count=_count(values.get("count", "")),
        payload=payload,
        compressed=encoding != "identity",
        traceparent=values.get("traceparent", ""),
    )


def _type(text: str) -> str:
    if not text:
        raise PoisonedFrame("attribute type is missing or empty")
    if len(text.encode("utf-8", "surrogatepass")) > MAX_TYPE_BYTES:
        raise PoisonedFrame(f"attribute type begins {text[:40]!r} and has more than {MAX_TYPE_BYTES} bytes in UTF-8")
    return text


def _frame_id(text: str) -> uuid.UUID:
    try:
        value = uuid.UUID(text)
        unix_ms = uuid7.unix_ms(value)
    except ValueError:
        raise PoisonedFrame(f"attribute frame is {text[:40]!r}, not a UUIDv7") from None
    if unix_ms > _YEAR_9999_MS:
        raise PoisonedFrame(f"attribute frame is {text[:40]!r}, whose time is after the year 9999")
    return value


def _origin(text: str) -> Cloud:
    for cloud in CLOUDS:
        if text == cloud:
            return cloud
    raise PoisonedFrame(f"attribute origin is {text[:40]!r}, not aws or gcp")


def _count(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not int(text[:9]) > 0:
        raise PoisonedFrame(f"attribute count is {text[:40]!r}, not a positive number")
    return int(text[:9])


def _unbase64(body: bytes) -> bytes:
    try:
        return base64.b64decode(body, validate=True)
    except binascii.Error as error:
        raise PoisonedFrame(f"the body is not base64: {error}") from None


def lines(frame: Frame) -> bytes:
    """Returns a frame's NDJSON.

    Raises:
        PoisonedFrame: when it isn't gzip, is cut off, or unpacks to more than `MAX_UNPACKED_BYTES`.
    """
    return unpack(frame.payload) if frame.compressed else frame.payload


def unpack(data: bytes, *, limit: int = MAX_UNPACKED_BYTES) -> bytes:
    """Unpacks one gzip member, never holding more than `limit` bytes.

    Raises:
        PoisonedFrame: when it isn't gzip, is cut off, has bytes behind its end, or is larger.
    """
    try:
        return gzipped.unpack(data, limit)
    except (gzipped.NotGzip, gzipped.TooLarge) as error:
        raise PoisonedFrame(f"the frame {error}") from None


def stored_gzip(data: bytes) -> bytes:
    """Wraps data in gzip with stored blocks: no compressor, so the same bytes from every library and version."""
    blocks = [data[i : i + _STORED_BLOCK_BYTES] for i in range(0, len(data), _STORED_BLOCK_BYTES)] or [b""]
    out = [_GZIP_HEADER]
    for number, block in enumerate(blocks, 1):
        last = number == len(blocks)
        out.append(struct.pack("<BHH", last, len(block), len(block) ^ 0xFFFF) + block)
    out.append(struct.pack("<II", zlib.crc32(data), len(data) & 0xFFFFFFFF))
    return b"".join(out)


def object_bytes(frame: Frame) -> bytes:
    """Returns the object that a frame is in a bucket, byte-identical on both clouds."""
    return frame.payload if frame.compressed else stored_gzip(frame.payload)
