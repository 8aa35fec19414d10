"""Carries faults out on a site, and keeps on disk what is open, so that another process can heal it.

What is broken is written down before it is broken: whoever is killed in between leaves a note too many, never one too
few.
"""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from isthmus.core.errors import IsthmusError
from isthmus.gamedays import faults
from isthmus.gamedays.faults import Fault
from isthmus.gamedays.site import Site
from isthmus.local import process
from isthmus.local.rundir import PartRecord, RunDirectory, write_atomically

FILE = "faults.json"


@dataclass(frozen=True)
class Open:
    """A fault that is not healed.

    Attributes:
        label: What it was set under.
        fault: What it is.
        before: What its end needs to know.
    """

    label: str
    fault: Fault
    before: dict[str, Any] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """As JSON values."""
        return {"label": self.label, "fault": self.fault.to_json(), "before": self.before}


class Breaker:
    """Breaks and heals; two open faults that are equal are one, which ends with the last.

    Args:
        site: Where.
    """

    def __init__(self, site: Site) -> None:
        self.site = site
        self._lock = threading.RLock()
        self._open: dict[str, Open] = {}

    @property
    def open(self) -> list[Open]:
        """What is broken now."""
        with self._lock:
            return list(self._open.values())

    def begin(self, fault: Fault, label: str) -> None:
        """Carries a fault out under a label that is not in use.

        Raises:
            IsthmusError: It can't be; it is undone as far as it went.
        """
        with self._lock:
            same = self._same(fault)
        before = same.before if same else fault.remember(self.site)
        with self._lock:
            self._open[label] = Open(label, fault, before)
            self._write()
        if same is None or fault.by_label:
            fault.begin(self.site, label)

    def end(self, label: str) -> None:
        """Heals what a label stands for; nothing when it is healed already.

        Raises:
            IsthmusError: It can't be healed now; it stays written down.
        """
        with self._lock:
            one = self._open.get(label)
            if one is None:
                return
            shared = self._same(one.fault, label) is not None
        if one.fault.by_label or not shared:
            one.fault.end(self.site, label, one.before)
        with self._lock:
            self._open.pop(label, None)
            self._write()

    def heal(self) -> list[Fault]:
        """Heals everything, the last first; returns what was open.

        Raises:
            IsthmusError: The first thing that can't be healed, after all others were tried.
        """
        problem: IsthmusError | None = None
        healed: list[Fault] = []
        for one in reversed(self.open):
            try:
                self.end(one.label)
                healed.append(one.fault)
            except IsthmusError as error:
                problem = problem or error
        if problem:
            raise problem
        return healed

    def _same(self, fault: Fault, label: str = "") -> Open | None:
        """An open fault that is equal, under another label."""
        return next((one for one in self._open.values() if one.fault == fault and one.label != label), None)

    def _write(self) -> None:
        path = self.site.run.root / FILE
        if not self._open:
            path.unlink(missing_ok=True)
            return
        owner = {"pid": os.getpid(), "started": process.identity(os.getpid())}
        found = [one.to_json() for one in self._open.values()]
        write_atomically(path, json.dumps({"owner": owner, "open": found}, indent=2) + "\n")

    def adopt(self, found: list[Open]) -> None:
        """Takes over what another process left open."""
        with self._lock:
            self._open |= {one.label: one for one in found}


def left_open(run: RunDirectory, *, abandoned: bool = True) -> list[Open]:
    """The faults that a game day left open: one whose process is gone or, with `abandoned` False, any."""
    note = _read(run.root / FILE)
    if not note or (abandoned and process.alive(PartRecord(**note["owner"], fingerprint=""))):
        return []
    return [Open(one["label"], faults.from_json(one["fault"]), one["before"]) for one in note["open"]]


def heal_left_open(
    run: RunDirectory, say: Callable[[str], None] = lambda _: None, *, abandoned: bool = True
) -> list[Fault]:
    """Heals what a game day left broken; see `left_open`.

    Raises:
        IsthmusError: Something can't be healed; it stays written down.
    """
    found = left_open(run, abandoned=abandoned)
    if not found:
        return []
    breaker = Breaker(Site.of(run))
    breaker.adopt(found)
    healed = breaker.heal()
    say(f"healed what an interrupted game day left broken: {', '.join(map(str, healed))}")
    return healed


def _read(path: Path) -> dict[str, Any]:
    try:
        note = json.loads(path.read_bytes())
    except (FileNotFoundError, ValueError):
        return {}
    return note if isinstance(note, dict) else {}
