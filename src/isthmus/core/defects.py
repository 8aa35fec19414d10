"""What is wrong with an event: the rules of CloudEvents 1.0 and our own limits, by attribute and reason."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Annotated

import msgspec

MAX_DEPTH = 64
"""Levels of nesting that an event may have. Ours: deeper data breaks readers (BigQuery has 15 levels of RECORD)."""

MAX_ATTRIBUTE_CHARS = 1024
"""Characters of `id` and `source`. Ours, so that an identity fits in a log line and a warehouse key."""

MAX_TYPE_BYTES = 200
"""Bytes of `type` in UTF-8. Percent-encoded, in up to three times as many, it becomes a part of the object key; S3 and
Cloud Storage take 1,024 bytes of key (both, 2026-11)."""

_NAME = re.compile(r"[a-z0-9]+")
_SPEC = frozenset({"specversion", "id", "source", "type", "time", "subject", "datacontenttype", "dataschema"})
_DATA = frozenset({"data", "data_base64"})
_BASE64 = re.compile(r"(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?")
_NULL = msgspec.Raw(b"null")
_Time = Annotated[datetime, msgspec.Meta(tz=True)]
_Times = list[_Time]


def fault(attributes: Mapping[str, msgspec.Raw], raw: bytes) -> tuple[str, str] | None:
    """Returns the attribute at fault and the reason, or None for a good event."""
    if raw.count(b"{") + raw.count(b"[") > MAX_DEPTH and depth(raw) > MAX_DEPTH + 1:
        return "data", f"nested deeper than {MAX_DEPTH} levels"
    for name in ("specversion", "id", "source", "type"):
        if name not in attributes:
            return name, "required and missing"
    for name, value in attributes.items():
        reason = _attribute_fault(name, value)
        if reason:
            return name, reason
    if "data" in attributes and bytes(attributes.get("data_base64", _NULL)) != b"null":
        return "data_base64", "an event has data or data_base64, not both"
    return None


def _attribute_fault(name: str, raw: msgspec.Raw) -> str:
    if name in _DATA:
        return _data_fault(name, raw)
    if not _NAME.fullmatch(name):
        return "attribute names have only lower-case letters a-z and digits"
    value = _value(raw)
    if value is None and bytes(raw) != b"null":
        return "not readable JSON text"
    if name in _SPEC:
        return _spec_fault(name, value)
    return _extension_fault(value)


def _spec_fault(name: str, value: object) -> str:
    required = name in ("specversion", "id", "source", "type")
    if value is None and not required:
        return ""
    if not isinstance(value, str):
        return f"must be a string, not {_json_type(value)}"
    if not value:
        return "must not be empty"
    if name == "specversion" and value != "1.0":
        return f'must be "1.0", not {value[:20]!r}'
    if name == "time" and not is_rfc3339(value):
        return f"not an RFC 3339 time with an offset: {value[:40]!r}"
    if name in ("id", "source") and len(value) > MAX_ATTRIBUTE_CHARS:
        return f"{len(value)} characters; at most {MAX_ATTRIBUTE_CHARS}"
    if name == "type" and len(value.encode()) > MAX_TYPE_BYTES:
        return f"{len(value.encode())} bytes in UTF-8; at most {MAX_TYPE_BYTES}"
    return _character_fault(value)


def _extension_fault(value: object) -> str:
    if isinstance(value, bool) or value is None:
        return ""
    if isinstance(value, int):
        return "" if -(2**31) <= value < 2**31 else "an integer attribute has 32 bits"
    if isinstance(value, str):
        return _character_fault(value)
    return f"must be a string, a boolean or an integer, not {_json_type(value)}"


def _character_fault(value: str) -> str:
    """What a CloudEvents string must not have (1.0.2, type system); SNS refuses messages with some of it, too."""
    if value.isprintable():
        return ""
    for code in map(ord, value):
        if code < 0x20 or 0x7F <= code < 0xA0:
            return f"has the control character U+{code:04X}"
        if code & 0xFFFE == 0xFFFE or 0xFDD0 <= code <= 0xFDEF:
            return f"has the noncharacter U+{code:04X}"
    return ""


def _data_fault(name: str, raw: msgspec.Raw) -> str:
    if name == "data":
        return ""
    value = _value(raw)
    if value is None and bytes(raw) == b"null":
        return ""
    return "" if isinstance(value, str) and _BASE64.fullmatch(value) else "must be a string of standard base64"


def _json_type(value: object) -> str:
    names: dict[type, str] = {dict: "an object", list: "an array", bool: "a boolean", type(None): "null"}
    return names.get(type(value), "a number" if isinstance(value, int | float) else "a string")


def is_rfc3339(text: str) -> bool:
    """Whether a text is an RFC 3339 date-time with an offset (`2013-01-01T05:15:00-05:00`, `…Z`)."""
    return all_rfc3339([text.upper()])


def depth(raw: bytes) -> int:
    """The deepest nesting of brackets outside of strings."""
    depth = deepest = 0
    for match in re.finditer(rb'"(?:[^"\\]|\\.)*"|[\[{]|[\]}]', raw):
        token = match.group()
        if token in (b"{", b"["):
            depth += 1
            deepest = max(deepest, depth)
        elif token in (b"}", b"]"):
            depth -= 1
    return deepest


def all_rfc3339(times: list[str]) -> bool:
    """Whether every text is an RFC 3339 date-time with an offset, in capitals; one call for a whole request."""
    try:
        msgspec.convert(times, _Times)
    except msgspec.ValidationError:
        return False
    # The decoder takes a few forms more: a space or small letters between the parts, an offset without its colon.
    text = "".join(times)
    if " " in text or "t" in text or "z" in text:
        return False
    return text.count(":") + text.count("Z") == 3 * len(times)


def text_or_empty(attributes: Mapping[str, msgspec.Raw], name: str) -> str:
    """Returns an attribute that is a string, "" for any other."""
    value = _value(attributes.get(name, _NULL))
    return value if isinstance(value, str) else ""


def _value(raw: msgspec.Raw) -> object:
    try:
        return msgspec.json.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None


_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")


def json_fault(raw: bytes, message: str) -> str:
    """Returns what the decoder said; where it calls an unpaired surrogate a truncation, what it is."""
    if ("truncated" in message or "end of hex escape" in message) and _SURROGATE.search(raw):
        return "a \\u escape is an unpaired surrogate"
    return message
