"""Pub/Sub push: the token is checked, the frame is handled, the status tells Pub/Sub what to do next."""

from __future__ import annotations

import base64
import binascii
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import msgspec

from isthmus.core import frames
from isthmus.core.errors import PoisonedFrame, Unavailable
from isthmus.core.keeping import bridge, keep
from isthmus.core.requests import Problem, Response
from isthmus.core.spans import Value, current
from isthmus.functions import log, tracing
from isthmus.functions.brokers import broker
from isthmus.functions.gcp.token import PushToken
from isthmus.functions.handling import Handle, framed, oldest
from isthmus.functions.settings import Settings

if TYPE_CHECKING:
    from isthmus.adapters.gcp.dead_letters import DeadLetterTopic

MAX_PUSH_BYTES = 14 * 1024 * 1024
"""Bytes of a push request: a message of 10 MB (Pub/Sub quota, 2026-11) in base64."""


class _Message(msgspec.Struct):
    data: str = ""
    attributes: dict[str, str] = {}
    messageId: str = ""


class _Push(msgspec.Struct):
    message: _Message
    subscription: str = ""


@dataclass(frozen=True)
class PushEndpoint:
    """Receives the pushes of one subscription.

    Attributes:
        token: Checks who pushes.
        handle: What is done with a message; returns facts for the log.
        bury: Publishes a dead letter: its data and its attributes.
    """

    token: PushToken
    handle: Handle
    bury: Callable[[bytes, Mapping[str, str]], None]

    @classmethod
    def of(cls, settings: Settings) -> PushEndpoint:
        """Makes the endpoint of the archive, of the bridge, of the alerts or of a handler."""
        token = PushToken(settings.push_audience, settings.push_service_account)
        return cls(token, _handler(settings), lambda data, kept: _dead_letters(settings.dlq).put(data, kept))

    def receive(self, authorization: str, body: bytes) -> Response:
        """Handles one push: 204 acknowledges, 503 asks for another try.

        Raises:
            Problem: 401 or 403 for a wrong token, 400 for a body that is not a push.
        """
        self.token.check(authorization)
        push = _push(body)
        data = _data(push.message)
        known: dict[str, Value] = {"messaging.message.id": push.message.messageId}
        subscription = push.subscription.rpartition("/")[2]
        with tracing.processing("gcp_pubsub", subscription, push.message.attributes, len(data), known):
            return self._answer(push.message, data)

    def _answer(self, message: _Message, data: bytes) -> Response:
        began = time.perf_counter()
        try:
            facts = self._one(message, data)
        except Unavailable as error:
            current().failed(type(error).__name__)
            frame, spent = message.attributes.get("frame", ""), log.milliseconds(began)
            log.write("failed", severity="WARNING", frame=frame, reason=error.what, ms=spent)
            return Problem(503, error.what).response()
        log.write("handled", records=1, failed=0, ms=log.milliseconds(began), age_ms=oldest([facts]), frames=[facts])
        return Response(204, b"")

    def _one(self, message: _Message, data: bytes) -> dict[str, Any]:
        try:
            return self.handle(message.attributes, data)
        except PoisonedFrame as error:
            current().failed("PoisonedFrame")
            self.bury(data, frames.dead_letter_attributes(message.attributes, error.what))
            return {"frame": message.attributes.get("frame", ""), "poisoned": error.what}


@cache
def _dead_letters(topic: str) -> DeadLetterTopic:
    """Made for the first dead letter: most services bury none, and the Pub/Sub client takes up to 15 MB."""
    from isthmus.adapters.gcp.dead_letters import DeadLetterTopic
    from isthmus.adapters.gcp.session import publisher

    return DeadLetterTopic(publisher(), topic, log.CALLS)


def _handler(settings: Settings) -> Handle:
    if settings.role == "alert":
        from isthmus.functions.alerting import teller

        return teller(settings).handle
    if settings.role == "handler":
        from isthmus.functions.own import handle_of

        return handle_of(settings.handler)
    if settings.role == "archive":
        from isthmus.adapters.gcp.bucket import GcsBucket
        from isthmus.adapters.gcp.session import storage

        bucket = GcsBucket(storage(settings.project), settings.bucket, log.CALLS)
        return framed(lambda frame: asdict(keep(frame, bucket)))
    there = broker("aws", settings)
    return framed(lambda frame: {"forwarded": bridge(frame, "gcp", there)})


def _push(body: bytes) -> _Push:
    try:
        return msgspec.json.decode(body, type=_Push)
    except msgspec.DecodeError as error:
        raise Problem(400, f"the body is not a Pub/Sub push: {error}") from None


def _data(message: _Message) -> bytes:
    try:
        return base64.b64decode(message.data, validate=True)
    except binascii.Error as error:
        raise Problem(400, f"the push's data is not base64: {error}") from None
