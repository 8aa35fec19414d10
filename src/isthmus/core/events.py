"""CloudEvents 1.0 in JSON: decoding, checking and naming what is wrong, event by event.

The common case is decoded in one call for the whole request: events that carry only the attributes that `Event` names.
An event with other extension attributes, or a request in which anything is wrong, is checked one event at a time, so
that each defect is reported with its event and its attribute and the good events go on.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec

MAX_DEPTH = 64
"""Levels of nesting that an event may have. Ours: deeper data breaks readers downstream (DuckDB, BigQuery: 15 levels of RECORD)."""

MAX_ATTRIBUTE_CHARS = 1024
"""Characters of `id` and `source`. Ours, so that an identity fits in a log line and a warehouse key."""

MAX_TYPE_CHARS = 200
"""Characters of `type`. It becomes a part of the object key; S3 and Cloud Storage take 1,024 bytes of key (both, 2026-11)."""

Identifier = Annotated[str, msgspec.Meta(min_length=1, max_length=MAX_ATTRIBUTE_CHARS)]
TypeName = Annotated[str, msgspec.Meta(min_length=1, max_length=MAX_TYPE_CHARS)]
NonEmpty = Annotated[str, msgspec.Meta(min_length=1)]


class Event(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True, gc=False):
    """A CloudEvent whose attributes are the specification's own, tracing's and nothing else; `data` stays as sent."""

    specversion: Literal["1.0"]
    id: Identifier
    source: Identifier
    type: TypeName
    time: str | None = None
    subject: NonEmpty | None = None
    datacontenttype: NonEmpty | None = None
    dataschema: NonEmpty | None = None
    traceparent: str | None = None
    tracestate: str | None = None
    data: msgspec.Raw = msgspec.Raw(b"")
    data_base64: str | None = None


Encodable = Event | dict[str, Any]
"""What `encode_lines` takes: an `Event`, or the attributes of an event that has further extensions."""


@dataclass(frozen=True)
class Rejection:
    """Why one event of a request was not accepted.

    Attributes:
        index: Position in the request, from 0.
        attribute: The attribute at fault, "" when it is the whole event.
        reason: What is wrong, as a sentence.
        id: The event's id where it could be read.
        source: The event's source where it could be read.
        code: `invalid`, `duplicate`, `forbidden`, `too-large` or `unavailable` (the only one worth sending again).
    """

    index: int
    attribute: str
    reason: str
    id: str = ""
    source: str = ""
    code: str = "invalid"


class Checked(msgspec.Struct, frozen=True, gc=False):
    """One accepted event: its position in the request, its identity and type, and what will be encoded."""

    index: int
    source: str
    id: str
    type: str
    event: Encodable


class Unreadable(ValueError):
    """The body is not JSON of the announced form; nothing in it can be judged event by event."""


_NAME = re.compile(r"[a-z0-9]+")
_SPEC = frozenset({"specversion", "id", "source", "type", "time", "subject", "datacontenttype", "dataschema"})
_DATA = frozenset({"data", "data_base64"})
_BASE64 = re.compile(r"(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?")
_Time = Annotated[datetime, msgspec.Meta(tz=True)]
_Times = list[_Time]
_batch_decoder = msgspec.json.Decoder(list[Event])
_raws_decoder = msgspec.json.Decoder(list[msgspec.Raw])
_dict_decoder = msgspec.json.Decoder(dict[str, msgspec.Raw])
_event_decoder = msgspec.json.Decoder(Event)
_encoder = msgspec.json.Encoder()


def encode_lines(events: Iterable[Encodable]) -> bytes:
    """Encodes events as NDJSON: one event a line, each line ended by a newline."""
    return _encoder.encode_lines(list(events))


def check_batch(body: bytes) -> tuple[list[Checked], list[Rejection]]:
    """Decodes and checks a CloudEvents JSON batch.

    Returns:
        The accepted events in the order sent, and a rejection for each other one. An identity that stands twice in the
        request is kept once.

    Raises:
        Unreadable: when the body isn't UTF-8 or isn't a JSON array.
    """
    _require_utf8(body)
    fast = _check_fast(body)
    return fast if fast is not None else _check_each(_split(body))


def check_event(body: bytes) -> tuple[list[Checked], list[Rejection]]:
    """Decodes and checks one CloudEvent in the JSON event format; otherwise as `check_batch`."""
    _require_utf8(body)
    if not body.lstrip().startswith(b"{"):
        raise Unreadable("the body is not a JSON object")
    return _check_each([_on_one_line(body)])


def check_lines(body: bytes) -> tuple[list[Checked], list[tuple[int, bytes, Rejection]]]:
    """Checks NDJSON, one event a line, and keeps the bytes of the lines that are not events beside their rejection."""
    lines = body.split(b"\n")
    if lines and not lines[-1]:
        lines.pop()
    checked, rejected = _check_each(lines)
    return checked, [(r.index, lines[r.index], r) for r in rejected]


def _require_utf8(body: bytes) -> None:
    try:
        body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Unreadable(f"the body is not UTF-8: byte {error.start} is 0x{body[error.start]:02x}") from None


def _on_one_line(raw: bytes) -> bytes:
    """A line break in JSON text can only be white space: inside a string it must be escaped."""
    return raw.replace(b"\n", b" ").replace(b"\r", b" ")


def _check_fast(body: bytes) -> tuple[list[Checked], list[Rejection]] | None:
    """Checks a batch whose events are all plain, as a whole; None when that can't be said of it."""
    if b"\n" in body or b"\r" in body:
        body = _on_one_line(body)
    try:
        events = _batch_decoder.decode(body)
    except (msgspec.DecodeError, RecursionError):
        return None
    if len({(event.source, event.id) for event in events}) != len(events) or not _all_plain(body, events):
        return None
    return [Checked(i, e.source, e.id, e.type, e) for i, e in enumerate(events)], []


def _all_plain(body: bytes, events: list[Event]) -> bool:
    """Whether the checks that the decoder can't make hold for all events.

    Each is made on the whole body or on all events in one call where it can be, which costs a fraction of a loop. A
    control character can only be there as an escape, as 0x7f or behind 0xc2 (U+0080 to U+009F), and few batches have one
    of these bytes at all.
    """
    if (b"\\" in body or b"\x7f" in body or b"\xc2" in body) and not all(map(_has_no_control, events)):
        return False
    if [event for event in events if event.data_base64 is not None]:
        return False
    return _all_rfc3339([event.time for event in events if event.time is not None]) and _all_shallow(body, events)


def _has_no_control(event: Event) -> bool:
    texts = (event.id, event.source, event.type, event.subject, event.datacontenttype, event.dataschema)
    texts += (event.traceparent, event.tracestate)
    return all(text is None or text.isprintable() for text in texts)


def _all_rfc3339(times: list[str]) -> bool:
    try:
        msgspec.convert(times, _Times)
    except msgspec.ValidationError:
        return False
    # The decoder takes a few forms more: a space or small letters between the parts, an offset without its colon.
    text = "".join(times)
    if " " in text or "t" in text or "z" in text:
        return False
    return text.count(":") + text.count("Z") == 3 * len(times)


def _all_shallow(body: bytes, events: list[Event]) -> bool:
    """Whether no event has as many brackets as a nesting above the limit needs."""
    datas = [bytes(event.data) for event in events]
    if body.find(b"[", body.find(b"[") + 1) < 0:
        return all(data.count(b"{") < MAX_DEPTH for data in datas)
    return all(data.count(b"{") + data.count(b"[") < MAX_DEPTH for data in datas)


def _split(body: bytes) -> list[bytes]:
    if not body.lstrip().startswith(b"["):
        raise Unreadable("the body is not a JSON array")
    try:
        return [_on_one_line(bytes(raw)) for raw in _raws_decoder.decode(body)]
    except RecursionError:
        raise Unreadable(f"the body is nested deeper than {MAX_DEPTH} levels") from None
    except msgspec.DecodeError as error:
        raise Unreadable(f"the body is not JSON: {_json_fault(body, str(error))}") from None


_SURROGATE = re.compile(rb"\\\\u[dD][89a-fA-F]")


def _json_fault(raw: bytes, message: str) -> str:
    """The decoder calls an unpaired surrogate escape a truncation; say what it is."""
    if "truncated" in message and _SURROGATE.search(raw):
        return "a \\u escape is an unpaired surrogate"
    return message


def _check_each(raws: list[bytes]) -> tuple[list[Checked], list[Rejection]]:
    checked: list[Checked] = []
    rejected: list[Rejection] = []
    seen: dict[tuple[str, str], int] = {}
    for index, raw in enumerate(raws):
        outcome = _check_one(index, raw)
        if isinstance(outcome, Checked):
            first = seen.setdefault((outcome.source, outcome.id), index)
            if first != index:
                outcome = _duplicate(outcome, first)
        if isinstance(outcome, Rejection):
            rejected.append(outcome)
        else:
            checked.append(outcome)
    return checked, rejected


def _duplicate(event: Checked, first: int) -> Rejection:
    reason = f"the same source and id as event {first} of this request, which is kept"
    return Rejection(event.index, "id", reason, event.id, event.source, "duplicate")


def _check_one(index: int, raw: bytes) -> Checked | Rejection:
    try:
        attributes = _dict_decoder.decode(raw)
    except RecursionError:
        return Rejection(index, "data", f"nested deeper than {MAX_DEPTH} levels")
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        return Rejection(index, "", f"not a JSON object: {_json_fault(raw, str(error))}")
    identity = {"id": _text_or_empty(attributes, "id"), "source": _text_or_empty(attributes, "source")}
    fault = _fault(attributes, raw)
    if fault:
        return Rejection(index, fault[0], fault[1], **identity)
    event = _encodable(attributes, raw)
    return Checked(index, identity["source"], identity["id"], _text_or_empty(attributes, "type"), event)


def _encodable(attributes: Mapping[str, msgspec.Raw], raw: bytes) -> Encodable:
    try:
        return _event_decoder.decode(raw)
    except msgspec.DecodeError:
        return {name: value for name, value in attributes.items() if bytes(value) != b"null"}


def _text_or_empty(attributes: Mapping[str, msgspec.Raw], name: str) -> str:
    value = _value(attributes.get(name, msgspec.Raw(b"null")))
    return value if isinstance(value, str) else ""


def _value(raw: msgspec.Raw) -> object:
    try:
        return msgspec.json.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None


def _fault(attributes: Mapping[str, msgspec.Raw], raw: bytes) -> tuple[str, str] | None:
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
    if "data" in attributes and "data_base64" in attributes:
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
    longest = {"id": MAX_ATTRIBUTE_CHARS, "source": MAX_ATTRIBUTE_CHARS, "type": MAX_TYPE_CHARS}.get(name)
    if longest and len(value) > longest:
        return f"{len(value)} characters; at most {longest}"
    return _control_fault(value)


def _extension_fault(value: object) -> str:
    if isinstance(value, bool) or value is None:
        return ""
    if isinstance(value, int):
        return "" if -(2**31) <= value < 2**31 else "an integer attribute has 32 bits"
    if isinstance(value, str):
        return _control_fault(value)
    return f"must be a string, a boolean or an integer, not {_json_type(value)}"


def _control_fault(value: str) -> str:
    bad = next((c for c in value if c < " " or "\x7f" <= c < "\xa0"), None)
    return f"has the control character U+{ord(bad):04X}" if bad else ""


def _data_fault(name: str, raw: msgspec.Raw) -> str:
    if name == "data":
        return ""
    value = _value(raw)
    return "" if isinstance(value, str) and _BASE64.fullmatch(value) else "must be a string of standard base64"


def _json_type(value: object) -> str:
    names: dict[type, str] = {dict: "an object", list: "an array", bool: "a boolean", type(None): "null"}
    return names.get(type(value), "a number" if isinstance(value, int | float) else "a string")


def is_rfc3339(text: str) -> bool:
    """Whether a text is an RFC 3339 date-time with an offset (`2013-01-01T05:15:00-05:00`, `…Z`)."""
    return _all_rfc3339([text.upper()])


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
