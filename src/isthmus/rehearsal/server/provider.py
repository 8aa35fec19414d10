"""The provider stand-in: which types it has, and the instances that Terraform has configured."""

from __future__ import annotations

import functools
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from isthmus.rehearsal.convert.schema import Block, from_compact
from isthmus.rehearsal.realize.base import Context, Realizer
from isthmus.rehearsal.resources import store
from isthmus.rehearsal.resources.data_sources.world import World
from isthmus.rehearsal.resources.store import Catalogue
from isthmus.rehearsal.session import Session
from isthmus.rehearsal.wire import messages


@dataclass(frozen=True)
class Used:
    """The types that a configuration and its state use, and the versions of the provider that it asks for."""

    resources: frozenset[str] = frozenset()
    data_sources: frozenset[str] = frozenset()
    versions: tuple[str, ...] = ()


@dataclass
class Provider:
    """One provider of a run; its instances (one a `provider` block) are told apart by their connection.

    Attributes:
        name: As in its address: `aws`, `google`, `google-beta`…
        used: The types to have schemas for.
        session: What instances start from: places and local clouds of the run.
        realizers: What makes types real; empty in plan mode.
        world: What exists, for data sources that look something up.
    """

    name: str
    used: Used
    session: Session
    realizers: Mapping[str, Realizer] = field(default_factory=dict)
    world: World = field(default_factory=World)
    _sessions: dict[str, Session] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def catalogue(self) -> Catalogue:
        """The schemas of the whole provider."""
        return store.catalogue(self.name)

    @property
    def family(self) -> str:
        """What its types begin with: google-beta's are Google's."""
        return self.session.provider

    @property
    def context(self) -> Context:
        """The local clouds."""
        return self.session.context

    def block(self, kind: str, type_name: str) -> Block:
        """The schema of a resource (`r`), data source (`d`) or of the provider's configuration (`p`)."""
        return _block(self.name, kind, type_name)

    def names(self, kind: str) -> list[str]:
        """The used types of a kind that the provider has."""
        wanted = self.used.resources if kind == "r" else self.used.data_sources
        return sorted(name for name in wanted if f"{kind} {name}" in self.catalogue.index)

    def configured(self, peer: str) -> Session:
        """The instance that a peer speaks to."""
        return self._sessions.get(peer, self.session)

    def configure(self, peer: str, session: Session) -> bool:
        """Remembers a peer's instance. Returns whether it is the run's first."""
        with self._lock:
            first = not self._sessions
            self._sessions[peer] = session
            return first


@functools.cache
def _block(provider: str, kind: str, type_name: str) -> Block:
    compact = store.catalogue(provider).block(kind, type_name)
    if kind == "p":
        # The bindings add the meta-argument; to Terraform it is no attribute.
        compact["a"].pop("alias", None)
    return from_compact(compact)


Rpc = Callable[[Provider, Any, str], Any]
"""An RPC: takes the provider, the request and the peer; returns the response."""


def response(rpc: str, **fields: Any) -> Any:
    """Makes the response message of an RPC."""
    return messages.message(f"{rpc}.Response")(**fields)


def dynamic(data: bytes) -> Any:
    """A DynamicValue of msgpack."""
    return messages.message("DynamicValue")(msgpack=data)
