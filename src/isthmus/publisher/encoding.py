"""From what `send` takes to one line of JSON."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from isthmus.core.defects import MAX_DEPTH, depth
from isthmus.publisher.errors import InvalidEvent

EventLike = Mapping[str, Any] | msgspec.Struct | bytes | bytearray | memoryview | str | msgspec.Raw
"""An event as attributes, as a struct that msgspec encodes, or as the JSON text of one."""

_encoder = msgspec.json.Encoder()
_checker = msgspec.json.Decoder(msgspec.Raw)
_FIX = "send a CloudEvent: a JSON object with specversion, id, source and type"


def encode(event: EventLike) -> bytes:
    """Returns an event as one line of JSON without a line break.

    Text that is JSON already is checked and passed on as it is, so that one bad line can't spoil the request of others.

    Raises:
        InvalidEvent: when it isn't a JSON object.
    """
    if isinstance(event, bytes):
        return _checked(event)
    if isinstance(event, str):
        return _checked(event.encode("utf-8", "surrogatepass"))
    if isinstance(event, bytearray | memoryview | msgspec.Raw):
        return _checked(bytes(event))
    try:
        return _object(_encoder.encode(dict(event) if isinstance(event, Mapping) else event))
    except (TypeError, ValueError, RecursionError) as error:
        raise InvalidEvent(f"the event can't be encoded as JSON: {error}", fix=_FIX) from None


def _checked(text: bytes) -> bytes:
    line = text.strip(b" \t\r\n")
    if b"\n" in line or b"\r" in line:
        # White space in JSON text; inside a string it would have to be escaped.
        line = line.replace(b"\n", b" ").replace(b"\r", b" ")
    try:
        line.decode("utf-8")
        _checker.decode(line)
    except UnicodeDecodeError as error:
        raise InvalidEvent(
            f"the event is not UTF-8: byte {error.start} is 0x{line[error.start]:02x}", fix=_FIX
        ) from None
    except RecursionError:
        raise InvalidEvent(f"the event is nested deeper than {MAX_DEPTH} levels") from None
    except msgspec.DecodeError as error:
        raise InvalidEvent(f"the event is not JSON: {error}", fix=_FIX) from None
    return _object(line)


def _object(line: bytes) -> bytes:
    if not line.startswith(b"{"):
        raise InvalidEvent("the event is not a JSON object", fix=_FIX)
    if line.count(b"{") + line.count(b"[") > MAX_DEPTH and depth(line) > MAX_DEPTH + 1:
        raise InvalidEvent(f"the event is nested deeper than {MAX_DEPTH} levels")
    return line
