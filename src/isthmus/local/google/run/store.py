"""Where services, their ports and operations are kept: in memory to read, in SQLite to last."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from isthmus.local.google.database import Database, Statement

_SCHEMA = """
CREATE TABLE IF NOT EXISTS services (name TEXT PRIMARY KEY, record TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS operations (name TEXT PRIMARY KEY, body TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS processes (pid INTEGER PRIMARY KEY, started REAL NOT NULL, service TEXT NOT NULL);
"""


@dataclass
class Record:
    """A service as it is kept.

    Attributes:
        body: The Service resource as the API answers it.
        port: Its loopback port.
        policy: Its IAM policy.
        serving: The template that answers requests; the last one that was ready.
        serving_revision: That one's revision, the short name.
        pending: The operation that is under way.
    """

    body: dict[str, Any]
    port: int = 0
    policy: dict[str, Any] = field(default_factory=dict)
    serving: dict[str, Any] | None = None
    serving_revision: str = ""
    pending: str = ""

    @property
    def name(self) -> str:
        """The whole name, `projects/…/locations/…/services/…`."""
        return str(self.body["name"])


class Store:
    """Services and operations by name.

    Args:
        path: The SQLite file.
    """

    def __init__(self, path: Path) -> None:
        self._database = Database(path, _SCHEMA)
        read = self._database.read
        rows = read("SELECT record FROM services ORDER BY name")
        self.services = {record.name: record for record in (Record(**json.loads(row)) for (row,) in rows)}
        self.operations: dict[str, dict[str, Any]] = {
            name: json.loads(body) for name, body in read("SELECT name, body FROM operations")
        }
        #: Processes of the server before this one: id and start time.
        self.left = [(int(pid), float(started)) for pid, started in read("SELECT pid, started FROM processes")]

    async def save(self, record: Record, operation: dict[str, Any] | None = None) -> None:
        """Keeps a service and, in the same moment, the operation that made it so."""
        row = (record.name, json.dumps(vars(record)))
        await self._database.commit([("REPLACE INTO services VALUES (?, ?)", row), *_keeping(operation)])
        # Only now: what a reader sees must be there after a kill.
        self.services[record.name] = record
        self._note(operation)

    async def save_operation(self, operation: dict[str, Any]) -> None:
        """Keeps an operation."""
        await self._database.commit(_keeping(operation))
        self._note(operation)

    async def remove(self, record: Record, operation: dict[str, Any]) -> None:
        """Forgets a service and keeps the operation that removed it."""
        gone = ("DELETE FROM services WHERE name = ?", (record.name,))
        await self._database.commit([gone, *_keeping(operation)])
        self.services.pop(record.name, None)
        self._note(operation)

    async def forget_left(self) -> None:
        """Forgets the processes of the server before this one: they are gone."""
        await self._database.commit([("DELETE FROM processes", ())])

    async def process(self, service: str, pid: int, started: float) -> None:
        """Notes the one process of a service, for the server after this one."""
        gone = ("DELETE FROM processes WHERE service = ?", (service,))
        await self._database.commit([gone, ("REPLACE INTO processes VALUES (?, ?, ?)", (pid, started, service))])

    def close(self) -> None:
        """Writes what waits and closes the file."""
        self._database.close()

    def _note(self, operation: dict[str, Any] | None) -> None:
        if operation is not None:
            self.operations[operation["name"]] = operation


def _keeping(operation: dict[str, Any] | None) -> list[Statement]:
    if operation is None:
        return []
    return [("REPLACE INTO operations VALUES (?, ?)", (operation["name"], json.dumps(operation)))]
