"""What runs, seen from outside: for `status`, and for what `up` says."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from typing import Any, Literal

from isthmus.core.errors import IsthmusError
from isthmus.local import process
from isthmus.local.endpoints import Endpoints, url
from isthmus.local.network import Network
from isthmus.local.parts import PARTS, Part
from isthmus.local.proxy.faults import Fault
from isthmus.local.rundir import RunDirectory, RunRecord

State = Literal["up", "frozen", "silent", "killed", "down"]


@dataclass(frozen=True)
class PartState:
    """One part: `silent` runs and doesn't answer, `killed` should run and doesn't."""

    name: str
    says: str
    state: State
    pid: int | None
    memory_bytes: int
    endpoints: dict[str, str]


@dataclass(frozen=True)
class RunState:
    """A run: its parts, the links that are broken, and where producers send to."""

    directory: str
    parts: tuple[PartState, ...]
    broken: dict[str, list[str]]
    ingests: dict[str, str]

    @property
    def level(self) -> Literal["up", "partial", "down"]:
        """Whether all parts are up, some, or none."""
        states = {part.state for part in self.parts}
        if states == {"up"}:
            return "up"
        return "down" if states <= {"down", "killed"} else "partial"


def look(run: RunDirectory) -> RunState:
    """Looks at the processes and at the proxies' faults."""
    record = run.read()
    wanted = [part for part in PARTS.values() if part.name in record.parts or not part.optional]
    parts = tuple(_part_state(run, record, part) for part in wanted)
    broken = _broken(run)
    ingests = dict(Endpoints.of(record).ingests) if record.outputs and "aws" in record.ports else {}
    return RunState(str(run.root), parts, broken, ingests)


def _part_state(run: RunDirectory, record: RunRecord, part: Part) -> PartState:
    recorded = record.parts.get(part.name)
    state = _state(record, part)
    pid = recorded.pid if recorded and state not in ("down", "killed") else None
    memory = sum(process.memory_bytes(found) for found in process.members(run.root, part.name)) if pid else 0
    endpoints = {name: url(record.ports[name]) for name in part.ports if name in record.ports}
    return PartState(part.name, part.says, state, pid, memory, endpoints)


def _state(record: RunRecord, part: Part) -> State:
    recorded = record.parts.get(part.name)
    if recorded is None:
        return "down"
    if not process.alive(recorded):
        return "killed"
    if process.frozen(recorded):
        return "frozen"
    return "up" if part.answers(record) else "silent"


def _broken(run: RunDirectory) -> dict[str, list[str]]:
    links: dict[str, dict[str, Any]] = {}
    with contextlib.suppress(IsthmusError):
        links = Network.of(run).links()
    found = {
        name: [str(Fault.from_json(fields)) for faults in link["faults"].values() for fields in faults]
        for name, link in links.items()
    }
    return {name: faults for name, faults in found.items() if faults}
