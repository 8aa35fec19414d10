"""CloudEvents 1.0 in JSON: decoding, checking and naming what is wrong, event by event.

The common case is decoded in one call for the whole request: events that carry only the attributes that `Event` names.
An event with other extension attributes, or a request in which anything is wrong, is checked one event at a time, so
that each defect is reported with its event and its attribute and the good events go on.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal

import msgspec

from isthmus.core import defects

Identifier = Annotated[str, msgspec.Meta(min_length=1, max_length=defects.MAX_ATTRIBUTE_CHARS)]
TypeName = Annotated[str, msgspec.Meta(min_length=1, max_length=defects.MAX_TYPE_BYTES)]
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


def traceparents(events: Sequence[Checked]) -> list[str]:
    """The traces that events say they began in (CloudEvents, Distributed Tracing extension), each once, in order."""
    # Every event of every request passes here, and few say one.
    try:
        if {e.event.traceparent for e in events} == {None}:  # type: ignore[union-attr] # those that are none: below
            return []
    except AttributeError:
        pass
    return [text for text in dict.fromkeys(_said(e.event) for e in events) if text]


def _said(event: Encodable) -> str | None:
    value = event.get("traceparent") if isinstance(event, dict) else event.traceparent
    if isinstance(value, msgspec.Raw):
        value = msgspec.json.decode(value)
    return value if isinstance(value, str) else None


class Unreadable(ValueError):
    """The body is not JSON of the announced form; nothing in it can be judged event by event."""


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
    # What is not UTF-8 becomes the empty line that can't be an event either; its own bytes are kept beside the reason.
    texts = lines if _is_utf8(body) else [line if _is_utf8(line) else b"" for line in lines]
    checked, rejected = _check_each(texts)
    rejected = [r if texts[r.index] == lines[r.index] else Rejection(r.index, "", "not UTF-8") for r in rejected]
    return checked, [(r.index, lines[r.index], r) for r in rejected]


def _is_utf8(text: bytes) -> bool:
    try:
        text.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


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

    Each is made on the whole body or on all events in one call where it can be, which costs a fraction of a loop. What
    an attribute must not have (control characters, noncharacters, a type too long in UTF-8) is not there in ASCII
    without escapes.
    """
    if (b"\\" in body or b"\x7f" in body or not body.isascii()) and not all(map(_is_printable, events)):
        return False
    if [event for event in events if event.data_base64 is not None]:
        return False
    times = [event.time for event in events if event.time is not None]
    return defects.all_rfc3339(times) and _all_shallow(body, events)


def _is_printable(event: Event) -> bool:
    texts = (event.id, event.source, event.type)
    if not (all(map(str.isprintable, texts)) and event.type.isascii()):
        return False
    more = (event.subject, event.datacontenttype, event.dataschema, event.traceparent, event.tracestate)
    return all(text is None or text.isprintable() for text in more)


def _all_shallow(body: bytes, events: list[Event]) -> bool:
    """Whether no event has as many brackets as a nesting above the limit needs."""
    datas = [bytes(event.data) for event in events]
    if body.find(b"[", body.find(b"[") + 1) < 0:
        return all(data.count(b"{") < defects.MAX_DEPTH for data in datas)
    return all(data.count(b"{") + data.count(b"[") < defects.MAX_DEPTH for data in datas)


def _split(body: bytes) -> list[bytes]:
    if not body.lstrip().startswith(b"["):
        raise Unreadable("the body is not a JSON array")
    try:
        return [_on_one_line(bytes(raw)) for raw in _raws_decoder.decode(body)]
    except RecursionError:
        raise Unreadable(f"the body is nested deeper than {defects.MAX_DEPTH} levels") from None
    except msgspec.DecodeError as error:
        raise Unreadable(f"the body is not JSON: {defects.json_fault(body, str(error))}") from None


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
    event = _plain_event(raw)
    if event is not None:
        return Checked(index, event.source, event.id, event.type, event)
    return _check_slowly(index, raw)


def _plain_event(raw: bytes) -> Event | None:
    try:
        event = _event_decoder.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    return event if _all_plain(raw, [event]) else None


def _check_slowly(index: int, raw: bytes) -> Checked | Rejection:
    try:
        attributes = _dict_decoder.decode(raw)
    except RecursionError:
        return Rejection(index, "data", f"nested deeper than {defects.MAX_DEPTH} levels")
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        return Rejection(index, "", f"not a JSON object: {defects.json_fault(raw, str(error))}")
    identity = {"id": defects.text_or_empty(attributes, "id"), "source": defects.text_or_empty(attributes, "source")}
    found = defects.fault(attributes, raw)
    if found:
        return Rejection(index, found[0], found[1], **identity)
    encodable = _encodable(attributes, raw)
    return Checked(index, identity["source"], identity["id"], defects.text_or_empty(attributes, "type"), encodable)


def _encodable(attributes: Mapping[str, msgspec.Raw], raw: bytes) -> Encodable:
    try:
        return _event_decoder.decode(raw)
    except msgspec.DecodeError:
        # An attribute that is null is one that isn't there; data that is null is data.
        return {name: value for name, value in attributes.items() if name == "data" or bytes(value) != b"null"}
