"""Signatures of Standard Webhooks: who sends, by `webhook-signature: v1a,…`.

Only the kind with a public key (`v1a`, Ed25519) is taken: for the other (`v1`, HMAC) both clouds would have to hold the
sender's secret. What is signed is `<webhook-id>.<webhook-timestamp>.<body as it came>` (Standard Webhooks 1.0.0).
"""

from __future__ import annotations

import base64
import binascii
import time
from collections.abc import Callable

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from isthmus.core.errors import ConfigurationError
from isthmus.core.requests import Problem, Request
from isthmus.core.senders import Sender

TOLERANCE_SECONDS = 300
"""How old or how far ahead a signature may be: what the libraries of Standard Webhooks take."""

MAX_SIGNATURES = 4
"""Signatures of a request that are looked at. Two are usual while a key is replaced."""

_PREFIX = "whpk_"
_CHALLENGE = {"www-authenticate": 'ApiKey header="x-api-key", Bearer'}


class WebhookSignatures:
    """Knows the senders that sign their requests.

    Args:
        senders: All senders; those without a public key are left out.
        clock: Unix seconds.

    Raises:
        ConfigurationError: for a key that can't be read.
    """

    def __init__(self, senders: list[Sender], clock: Callable[[], float] = time.time) -> None:
        self._keys = [(_key(sender.name, text), sender) for sender in senders for text in sender.webhook_public_keys]
        self._clock = clock

    def sender(self, request: Request) -> Sender | None:
        """Returns who signed the request; None when nobody did, Problem 401 when the signature is not good."""
        if "webhook-signature" not in request.headers:
            return None
        signed = self._signed(request)
        for signature in _signatures(request.headers["webhook-signature"]):
            for key, sender in self._keys:
                if _is_by(key, signature, signed):
                    return sender
        raise Problem(401, "no webhook-signature (v1a) is by a key that is known", headers=_CHALLENGE)

    def _signed(self, request: Request) -> bytes:
        message_id = request.headers.get("webhook-id", "")
        timestamp = request.headers.get("webhook-timestamp", "")
        if not message_id or not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 12):
            raise Problem(401, "a signed request needs a webhook-id and a webhook-timestamp in seconds", [], _CHALLENGE)
        if abs(self._clock() - int(timestamp)) > TOLERANCE_SECONDS:
            raise Problem(401, f"the webhook-timestamp is more than {TOLERANCE_SECONDS} seconds off", [], _CHALLENGE)
        return f"{message_id}.{timestamp}.".encode("utf-8", "surrogatepass") + request.body


def _signatures(header: str) -> list[bytes]:
    found = []
    for word in header.split()[:MAX_SIGNATURES]:
        version, _, text = word.partition(",")
        if version == "v1a":
            found.append(_decoded(text))
    return found


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return b""


def _is_by(key: Ed25519PublicKey, signature: bytes, signed: bytes) -> bool:
    try:
        key.verify(signature, signed)
    except InvalidSignature:
        return False
    return True


def _key(name: str, text: str) -> Ed25519PublicKey:
    try:
        return Ed25519PublicKey.from_public_bytes(_decoded(text.removeprefix(_PREFIX)))
    except ValueError:
        raise ConfigurationError(
            f"a webhook key of the sender {name} is not an Ed25519 public key",
            where="ISTHMUS_SENDERS",
            fix=f"Give it as {_PREFIX} and the base64 of its 32 bytes.",
        ) from None
