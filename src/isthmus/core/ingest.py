"""Ingest: from a request's bytes to frames that a broker holds. `202` only once every accepted frame is held."""

from __future__ import annotations

import os
import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from isthmus.core import trace, uuid7
from isthmus.core.errors import Unavailable
from isthmus.core.events import Checked, Rejection, traceparents
from isthmus.core.frames import Cloud, Frame, pack
from isthmus.core.requests import Problem, Request, Response, accepted, read_events
from isthmus.core.routing import Dispatcher
from isthmus.core.senders import Sender, Senders
from isthmus.core.spans import current

KEY_MAX_AGE_SECONDS = 24 * 3600
"""How old an Idempotency-Key may be: the hours of the archive that can still change."""

KEY_MAX_AHEAD_SECONDS = 300
"""How far a sender's clock may run ahead."""

RETRY_AFTER_SECONDS = 2


@dataclass(frozen=True)
class Packed:
    """A checked and encoded request: its frames, and what of it is not accepted."""

    frames: list[Frame]
    rejected: list[Rejection]


@dataclass
class Ingest:
    """The ingest of one cloud.

    Attributes:
        cloud: The cloud that it runs on.
        senders: Who may send.
        dispatcher: The brokers, home first.
        clock_ms: Unix milliseconds.
    """

    cloud: Cloud
    senders: Senders
    dispatcher: Dispatcher
    clock_ms: Callable[[], int] = field(default=lambda: time.time_ns() // 1_000_000)

    def accept(self, request: Request) -> Response:
        """Answers `POST /v1/events`; never raises for what a sender did."""
        try:
            return self._accept(request)
        except Problem as problem:
            return problem.response()

    def _accept(self, request: Request) -> Response:
        sender = self._authenticate(request)
        packed = self.pack(request, sender)
        self._publish(packed.frames)
        return accepted(sum(frame.count for frame in packed.frames), packed.rejected)

    def _authenticate(self, request: Request) -> Sender:
        sender = self.senders.authenticate(request)
        if sender is None:
            raise Problem(
                401,
                "the request has no x-api-key that is known, no bearer token and no webhook-signature",
                headers={"www-authenticate": 'ApiKey header="x-api-key", Bearer'},
            )
        return sender

    def pack(self, request: Request, sender: Sender) -> Packed:
        """Reads, checks and packs a request without publishing anything.

        Raises:
            Problem: when nothing of it can be accepted.
        """
        unix_ms, seed = self._idempotency(request.headers, sender)
        checked, rejected = read_events(request)
        allowed, refused = sender.split(checked)
        if not allowed:
            raise _nothing_acceptable(rejected + refused)
        traceparent = _traceparent(request.headers)
        _link(allowed)
        frames, too_large = pack(allowed, origin=self.cloud, unix_ms=unix_ms, seed=seed, traceparent=traceparent)
        if not frames:
            raise _nothing_acceptable(rejected + refused + too_large)
        return Packed(frames, rejected + refused + too_large)

    def _idempotency(self, headers: Mapping[str, str], sender: Sender) -> tuple[int, bytes]:
        """The time and the seed of the frames' ids: a repeated key gives the same frames, so the same objects."""
        text = headers.get("idempotency-key", "").strip().strip('"')
        now = self.clock_ms()
        if not text:
            return now, os.urandom(16)
        unix_ms = _key_time(text)
        if not now - KEY_MAX_AGE_SECONDS * 1000 <= unix_ms <= now + KEY_MAX_AHEAD_SECONDS * 1000:
            raise Problem(400, "the Idempotency-Key is older than a day or from the future; make a new UUIDv7")
        return unix_ms, f"{sender.name}\n{text}".encode()

    def _publish(self, frames: list[Frame]) -> None:
        """Publishes every frame, or says that the request is not accepted, and how much of it is held already."""
        for number, frame in enumerate(frames):
            try:
                self.dispatcher.publish(frame)
            except Unavailable as error:
                raise _unavailable(error, frames, number) from error


def _key_time(text: str) -> int:
    try:
        return uuid7.unix_ms(uuid.UUID(text))
    except ValueError:
        raise Problem(400, f"the Idempotency-Key {text[:40]!r} is not a UUIDv7 (RFC 9562)") from None


def _traceparent(headers: Mapping[str, str]) -> str:
    """The context that the frames get: of the span that runs here, else the sender's."""
    context = current().context or trace.parse(headers.get("traceparent"))
    return context.traceparent if context else ""


def _link(events: Sequence[Checked]) -> None:
    """Notes whose events a request brings: one of many producers' calls belongs to each of their traces."""
    span = current()
    if span.recording:
        here = span.context.trace_id if span.context else ""
        found = traceparents(events)
        parsed = (trace.parse(parent) for parent in found if parent)
        span.link(one for one in parsed if one and one.trace_id != here)


def _unavailable(error: Unavailable, frames: list[Frame], published: int) -> Problem:
    held = sum(frame.count for frame in frames[:published])
    total = sum(frame.count for frame in frames)
    detail = f"{error.what}. {held} of {total} events are held already. " if held else f"{error.what}. "
    detail += "Send the whole request again: with the same Idempotency-Key nothing is kept twice."
    return Problem(503, detail, headers={"retry-after": str(RETRY_AFTER_SECONDS)})


def _nothing_acceptable(rejected: list[Rejection]) -> Problem:
    codes = {rejection.code for rejection in rejected}
    if codes == {"forbidden"}:
        return Problem(403, "the sender may send none of these events", rejected)
    if codes == {"too-large"}:
        return Problem(413, "every event is too large", rejected)
    return Problem(422, f"none of {len(rejected)} events can be accepted", rejected)
