"""Remote states: what is there, who holds its lock, and the way back to an older one.

Terraform keeps a state as an object with versions, and its lock beside it: an object that is made and deleted, and on
AWS also an item of a table, if the stack names one. A run that is killed leaves its lock; nobody else can then apply
until it is taken off.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from isthmus.core.errors import ConfigurationError, Refused

MAX_STATE_BYTES = 64 * 1024 * 1024
"""A state of a few hundred resources has a megabyte; more than this is not read."""


@dataclass(frozen=True)
class Version:
    """One version of a state.

    Attributes:
        id: What the bucket calls it.
        serial: Terraform's number of it; it only grows.
        resources: How many resources it names.
        modified: When it was written, ISO 8601.
        current: Whether it is the one that Terraform reads.
    """

    id: str
    serial: int
    resources: int
    modified: str
    current: bool


@dataclass(frozen=True)
class Lock:
    """Who holds a state.

    Attributes:
        id: What must be named to take it off.
        who: User and machine.
        operation: What is being done.
        created: Since when.
        where: `object` or `table`.
    """

    id: str
    who: str
    operation: str
    created: str
    where: str


class StateStore(Protocol):
    """One stack's state in a bucket."""

    def versions(self) -> list[Version]:
        """Every version that is kept, newest first."""

    def locks(self) -> list[Lock]:
        """The locks that are held."""

    def unlock(self, lock: Lock) -> None:
        """Takes a lock off, if it is still the same one."""

    def read(self, version: str) -> bytes:
        """A version's content."""

    def write(self, content: bytes) -> None:
        """Writes a new version, as Terraform would have."""


def unlock(store: StateStore, lock_id: str) -> int:
    """Takes off the lock that is named; returns how many places held it.

    Raises:
        Refused: There is no lock, or another one.
    """
    held = store.locks()
    mine = [lock for lock in held if lock.id == lock_id]
    if not mine:
        now = ", ".join(f"{lock.id} of {lock.who}" for lock in held) or "none"
        raise Refused(
            f"there is no lock {lock_id}; held now: {now}", fix="name the lock that `isthmus state doctor` shows"
        )
    for lock in mine:
        store.unlock(lock)
    return len(mine)


def restore(store: StateStore, version: str) -> int:
    """Makes an older version the current one again, as a new version; returns its serial.

    Raises:
        Refused: The state is locked, or the version isn't there or is the current one, or is of another lineage.
    """
    held = store.locks()
    if held:
        raise Refused(f"the state is locked by {held[0].who}", fix=f"wait, or take the lock off: --unlock {held[0].id}")
    found = {entry.id: entry for entry in store.versions()}
    current = next((entry for entry in found.values() if entry.current), None)
    if version not in found or current is None:
        raise Refused(f"there is no version {version}", fix="name one that `isthmus state doctor` shows")
    if found[version].current:
        raise Refused(f"version {version} is the current one", fix="name an older one")
    old, new = parsed(store.read(version)), parsed(store.read(current.id))
    if old.get("lineage") != new.get("lineage"):
        raise Refused("that version is of another state", fix="name one of the same lineage")
    content = {**old, "serial": int(new["serial"]) + 1}
    store.write(json.dumps(content, indent=2).encode())
    return int(content["serial"])


def parsed(content: bytes) -> dict[str, Any]:
    """Reads a state.

    Raises:
        ConfigurationError: It is none of a version that is known.
    """
    if len(content) > MAX_STATE_BYTES:
        raise ConfigurationError(f"the state has more than {MAX_STATE_BYTES // 1024**2} MiB")
    try:
        found = json.loads(content)
    except ValueError as error:
        raise ConfigurationError(f"the state is no JSON: {error}", fix="restore an older version") from None
    if not isinstance(found, dict) or found.get("version") != 4 or "serial" not in found:
        raise ConfigurationError("the state is not of version 4", fix="restore an older version")
    return found


def version_of(content: bytes, id_: str, modified: str, current: bool) -> Version:
    """What a version's content says; serial -1 where it can't be read."""
    try:
        state = parsed(content)
    except ConfigurationError:
        return Version(id_, -1, 0, modified, current)
    return Version(id_, int(state["serial"]), len(state.get("resources", [])), modified, current)


def lock_of(info: Mapping[str, Any], where: str) -> Lock:
    """A lock as Terraform writes it."""
    return Lock(
        str(info.get("ID", "")),
        str(info.get("Who", "unknown")),
        str(info.get("Operation", "")),
        str(info.get("Created", "")),
        where,
    )


def digest(content: bytes) -> str:
    """What Terraform keeps of a state in the lock table, to tell whether the bucket gave it the right one."""
    return hashlib.md5(content, usedforsecurity=False).hexdigest()
