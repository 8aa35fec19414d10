"""Senders: who may send, which sources and types, by API keys of which only digests are kept."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass

import msgspec

from isthmus.core.errors import ConfigurationError
from isthmus.core.events import Checked, Rejection


@dataclass(frozen=True)
class Sender:
    """One sender.

    Attributes:
        name: Its name in logs.
        key_sha256: Hex digests of its keys; two of them while a key is rotated.
        sources: Prefixes that an event's `source` may have; empty means any.
        types: Prefixes that an event's `type` may have; empty means any.
    """

    name: str
    key_sha256: tuple[str, ...]
    sources: tuple[str, ...] = ()
    types: tuple[str, ...] = ()

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


class _Entry(msgspec.Struct, forbid_unknown_fields=True):
    key_sha256: list[str]
    sources: list[str] = []
    types: list[str] = []


class Senders:
    """All senders of an ingest."""

    def __init__(self, senders: list[Sender]) -> None:
        self._senders = senders

    @classmethod
    def from_json(cls, text: str) -> Senders:
        """Reads `{"name": {"key_sha256": […], "sources": […], "types": […]}, …}`.

        Raises:
            ConfigurationError: when it can't be read or a digest isn't 64 hex digits.
        """
        try:
            entries = msgspec.json.decode(text, type=dict[str, _Entry])
        except msgspec.DecodeError as error:
            raise ConfigurationError(f"the senders can't be read: {error}", where="ISTHMUS_SENDERS") from None
        for name, entry in entries.items():
            if any(len(d) != 64 or set(d) - set("0123456789abcdef") for d in entry.key_sha256):
                raise ConfigurationError(
                    f"a key of the sender {name} is not a SHA-256 in lower-case hex",
                    where="ISTHMUS_SENDERS",
                    fix="Give the digest of the key, 64 hex digits, never the key.",
                )
        return cls([Sender(n, tuple(e.key_sha256), tuple(e.sources), tuple(e.types)) for n, e in entries.items()])

    def authenticate(self, headers: Mapping[str, str]) -> Sender | None:
        """Returns the sender whose key stands in the header `x-api-key`, or None.

        Every stored digest is compared, each in constant time, so that timing tells nothing about which one matched.
        """
        digest = hashlib.sha256(headers.get("x-api-key", "").encode("utf-8", "surrogatepass")).hexdigest()
        found = None
        for sender in self._senders:
            for known in sender.key_sha256:
                if hmac.compare_digest(digest, known):
                    found = sender
        return found
