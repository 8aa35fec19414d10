"""Senders: who may send, which sources and types.

They show who they are by an API key, of which only a digest is kept, by a token of an OpenID provider, or by a
signature of Standard Webhooks. No secret of a sender is kept for any of the three.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import msgspec

from isthmus.core.errors import ConfigurationError
from isthmus.core.events import Checked, Rejection
from isthmus.core.requests import Request


@dataclass(frozen=True)
class Oidc:
    """Whose tokens a sender comes with.

    Attributes:
        issuer: The provider's URL, as its tokens name it in `iss`.
        audience: What `aud` must have.
        subjects: What `sub` may be.
    """

    issuer: str
    audience: str
    subjects: tuple[str, ...]


@dataclass(frozen=True)
class Sender:
    """One sender.

    Attributes:
        name: Its name in logs.
        key_sha256: Hex digests of its keys; two of them while a key is rotated.
        sources: Prefixes that an event's `source` may have; empty means any.
        types: Prefixes that an event's `type` may have; empty means any.
        oidc: Whose tokens it comes with; None when it has none.
        webhook_public_keys: Keys of its Standard Webhooks signatures, `whpk_` and base64; two while one is replaced.
    """

    name: str
    key_sha256: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    oidc: Oidc | None = None
    webhook_public_keys: tuple[str, ...] = ()

    def allows(self, event: Checked) -> bool:
        """Whether this sender may send an event of this source and type."""
        return (not self.sources or event.source.startswith(self.sources)) and (
            not self.types or event.type.startswith(self.types)
        )

    def split(self, events: list[Checked]) -> tuple[list[Checked], list[Rejection]]:
        """Splits events into those that the sender may send and a rejection for each other one."""
        if not self.sources and not self.types:
            return events, []
        allowed = [event for event in events if self.allows(event)]
        return allowed, [self._refusal(event) for event in events if not self.allows(event)]

    def _refusal(self, event: Checked) -> Rejection:
        by_source = self.sources and not event.source.startswith(self.sources)
        attribute, prefixes = ("source", self.sources) if by_source else ("type", self.types)
        reason = f"the sender {self.name} may use only a {attribute} that begins with {' or '.join(prefixes)}"
        return Rejection(event.index, attribute, reason, event.id, event.source, "forbidden")


class Proof(Protocol):
    """A way to show who sends, other than an API key."""

    def sender(self, request: Request) -> Sender | None:
        """Returns who sends; None when the request doesn't come with this kind of proof.

        Raises:
            Problem: 401 when the proof is not good, 503 when it can't be checked now.
        """


class _Oidc(msgspec.Struct, forbid_unknown_fields=True):
    issuer: str
    audience: str
    subjects: list[str]


class _Entry(msgspec.Struct, forbid_unknown_fields=True):
    key_sha256: list[str] = []
    sources: list[str] = []
    types: list[str] = []
    oidc: _Oidc | None = None
    webhook_public_keys: list[str] = []


class Senders:
    """All senders of an ingest.

    Args:
        senders: Each of them.
        proofs: Makes the ways to show who sends that need more than this module has.
    """

    def __init__(self, senders: list[Sender], proofs: Callable[[list[Sender]], Sequence[Proof]] = lambda _: ()) -> None:
        self._senders = senders
        self._proofs = proofs(senders)

    @classmethod
    def from_json(cls, text: str, proofs: Callable[[list[Sender]], Sequence[Proof]] = lambda _: ()) -> Senders:
        """Reads `{"name": {"key_sha256": […], "oidc": {…}, "webhook_public_keys": […], "sources": […], …}, …}`.

        Raises:
            ConfigurationError: when it can't be read or a digest isn't 64 hex digits.
        """
        try:
            entries = msgspec.json.decode(text, type=dict[str, _Entry])
        except msgspec.DecodeError as error:
            raise ConfigurationError(f"the senders can't be read: {error}", where="ISTHMUS_SENDERS") from None
        return cls([_sender(name, entry) for name, entry in entries.items()], proofs)

    def authenticate(self, request: Request) -> Sender | None:
        """Returns the sender whose key, token or signature the request has, or None.

        Raises:
            Problem: 401 when it has a token or signature that is not good, 503 when that can't be checked now.
        """
        if "x-api-key" in request.headers:
            return self._by_key(request.headers["x-api-key"])
        found = (proof.sender(request) for proof in self._proofs)
        return next((sender for sender in found if sender), None)

    def _by_key(self, key: str) -> Sender | None:
        """Every stored digest is compared, each in constant time: timing tells nothing about which one matched."""
        digest = hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()
        found = None
        for sender in self._senders:
            for known in sender.key_sha256:
                if hmac.compare_digest(digest, known):
                    found = sender
        return found


def _sender(name: str, entry: _Entry) -> Sender:
    if any(len(digest) != 64 or set(digest) - set("0123456789abcdef") for digest in entry.key_sha256):
        raise ConfigurationError(
            f"a key of the sender {name} is not a SHA-256 in lower-case hex",
            where="ISTHMUS_SENDERS",
            fix="Give the digest of the key, 64 hex digits, never the key.",
        )
    if not (entry.key_sha256 or entry.oidc or entry.webhook_public_keys):
        raise ConfigurationError(
            f"the sender {name} has nothing that shows who it is",
            where="ISTHMUS_SENDERS",
            fix="Give it key_sha256, oidc or webhook_public_keys.",
        )
    oidc = Oidc(entry.oidc.issuer, entry.oidc.audience, tuple(entry.oidc.subjects)) if entry.oidc else None
    return Sender(
        name,
        tuple(entry.key_sha256),
        tuple(entry.sources),
        tuple(entry.types),
        oidc,
        tuple(entry.webhook_public_keys),
    )
