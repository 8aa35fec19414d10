"""What an ingest's answer means for a batch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from typing import Literal

import msgspec

Kind = Literal["accepted", "rejected", "split", "refused", "retry", "stale-key"]
RETRY_AFTER_CAP_SECONDS = 30.0
_RETRY = frozenset({408, 421, 425, 429})
_REFUSED = frozenset({401, 403, 404, 405, 407, 501})
_NOT_LISTED = "rejected, and not among those that the ingest described"


@dataclass(frozen=True)
class RejectedEvent:
    """An event that won't be stored.

    Attributes:
        event: Its JSON.
        reason: Why, as a sentence.
        attribute: The attribute at fault, "" when it is the whole event or request.
        code: The ingest's code (`invalid`, `duplicate`, `forbidden`, `too-large`), `status-<HTTP status>` where the
            whole request was turned down, or `undelivered` when the publisher was closed before the event could be
            delivered or spooled.
        endpoint: Who said so, "" for the publisher itself.
    """

    event: bytes
    reason: str
    attribute: str = ""
    code: str = "invalid"
    endpoint: str = ""


@dataclass(frozen=True)
class Answer:
    """An ingest's answer to a batch.

    Attributes:
        kind: `accepted` (with the exceptions in `rejected` and `again`), `rejected` (for good), `split` (too large:
            send it in parts), `refused` (this endpoint won't have it from this sender; another may), `retry` (later,
            or elsewhere), `stale-key` (the Idempotency-Key's time is out of range).
        detail: What the ingest said.
        rejected: By index in the batch: reason, attribute, code.
        duplicates: How many of the batch repeat one of it that is held; they count as accepted.
        again: Indexes of events to send again.
        wait_seconds: What `Retry-After` said, 0 for nothing.
        overload: Whether a retry was asked for by an endpoint that is well.
        status: The HTTP status, 0 when there was none.
        server_ms: The ingest's clock, Unix milliseconds, with `stale-key`; None when it didn't tell.
    """

    kind: Kind
    detail: str = ""
    rejected: Mapping[int, tuple[str, str, str]] = field(default_factory=dict)
    duplicates: int = 0
    again: Sequence[int] = ()
    wait_seconds: float = 0.0
    overload: bool = False
    status: int = 0
    server_ms: int | None = None


class _Rejection(msgspec.Struct):
    index: int
    reason: str = ""
    attribute: str = ""
    code: str = "invalid"
    id: str = ""
    source: str = ""


class _Document(msgspec.Struct):
    detail: str = ""
    accepted: int = 0
    rejected_count: int = 0
    rejected: list[_Rejection] = []
    rejected_indexes: list[int] = []


_decoder = msgspec.json.Decoder(_Document)


def read(status: int, headers: Mapping[str, str], body: bytes, count: int) -> Answer:
    """Reads the answer to a batch of `count` events; `headers` have lower-case names."""
    document = _document(body)
    if status == 202 and document is not None:
        return _accepted(document, count)
    detail = (document.detail if document else "") or f"HTTP {status}"
    if document and document.rejected_count:
        # None of the request is held, and each event has its reason.
        return Answer("rejected", detail, _listed(document, count), status=status)
    if status == 400 and "Idempotency-Key" in detail:
        return Answer("stale-key", detail, status=status, server_ms=_clock(headers.get("date", "")))
    if status == 413 and count > 1:
        return Answer("split", detail, status=status)
    if status in _REFUSED:
        return Answer("refused", detail, status=status)
    if status in _RETRY or not 400 <= status < 500:
        wait = _retry_after(headers.get("retry-after", ""))
        return Answer("retry", detail, wait_seconds=wait, overload=status in _RETRY, status=status)
    return Answer("rejected", detail, status=status)


def _document(body: bytes) -> _Document | None:
    try:
        return _decoder.decode(body)
    except msgspec.DecodeError:
        return None


def _accepted(document: _Document, count: int) -> Answer:
    """Reads a 202. One whose figures don't add up acknowledges nothing: with the same key it can be asked for again."""
    listed = _listed(document, count)
    if document.accepted + document.rejected_count != count or len(listed) != document.rejected_count:
        detail = f"the answer speaks of {document.accepted} accepted and {document.rejected_count} rejected of {count}"
        return Answer("retry", detail, status=202)
    again = [index for index, (_, _, code) in listed.items() if code == "unavailable"]
    held = _held_duplicates(document.rejected)
    rejected = {i: why for i, why in listed.items() if why[2] != "unavailable" and i not in held}
    return Answer("accepted", "", rejected, len(held), again, status=202)


def _held_duplicates(rejections: Sequence[_Rejection]) -> set[int]:
    """The events that repeat one of the request, unless that one is rejected itself: then nothing of them is held."""
    lost = {(r.source, r.id) for r in rejections if r.code != "duplicate"}
    return {r.index for r in rejections if r.code == "duplicate" and (r.source, r.id) not in lost}


def _listed(document: _Document, count: int) -> dict[int, tuple[str, str, str]]:
    listed = {i: (_NOT_LISTED, "", "invalid") for i in document.rejected_indexes if 0 <= i < count}
    listed |= {r.index: (r.reason, r.attribute, r.code) for r in document.rejected if 0 <= r.index < count}
    return listed


def _retry_after(text: str) -> float:
    """Seconds of a Retry-After header; its other form, a date, isn't worth a clock that may be wrong."""
    try:
        return min(max(float(text), 0.0), RETRY_AFTER_CAP_SECONDS)
    except ValueError:
        return 0.0


def _clock(text: str) -> int | None:
    try:
        return int(parsedate_to_datetime(text).timestamp() * 1000)
    except (TypeError, ValueError):
        return None
