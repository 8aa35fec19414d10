"""What a run came to, read from Terraform's JSON lines."""

from __future__ import annotations

import contextlib
import json
import os
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TextIO

Hear = Callable[[Mapping[str, Any]], None]
"""Told each of Terraform's JSON lines as soon as it is there."""


def deaf(entry: Mapping[str, Any]) -> None:
    """Hears nothing: what a run said is only read when it has ended."""


@dataclass(frozen=True)
class Outcome:
    """What a run came to.

    Attributes:
        code: Terraform's exit code.
        add: Resources added, or to add.
        change: Resources changed.
        remove: Resources removed.
        diagnostics: Errors and warnings as Terraform's JSON has them.
        outputs: Root module outputs by name.
        said: Other lines: what a failed `init` said.
    """

    code: int
    add: int = 0
    change: int = 0
    remove: int = 0
    diagnostics: tuple[Mapping[str, Any], ...] = ()
    outputs: Mapping[str, Any] = field(default_factory=dict)
    said: tuple[str, ...] = ()

    @property
    def no_changes(self) -> bool:
        """Whether there was nothing to do."""
        return self.code == 0 and not (self.add or self.change or self.remove)


@contextlib.contextmanager
def listening(hear: Hear) -> Iterator[tuple[TextIO, list[str]]]:
    """A file for a run's output, and its lines, which are whole after the block; `hear` is told each meanwhile."""
    reading, writing = os.pipe()
    lines: list[str] = []

    def listen() -> None:
        with os.fdopen(reading, errors="replace") as source:
            for line in source:
                lines.append(line)
                # Whatever becomes of one line, the next must be taken: Terraform waits for whoever reads it.
                with contextlib.suppress(ValueError, OSError):
                    if line.startswith("{"):
                        hear(json.loads(line))

    listener = threading.Thread(target=listen, name="terraform's output")
    listener.start()
    try:
        with os.fdopen(writing, "w", errors="replace") as sink:
            yield sink, lines
    finally:
        listener.join()


def read(code: int, lines: Iterable[str]) -> Outcome:
    """The outcome that a run with `-json` tells of; other lines are kept as they are."""
    counts: Mapping[str, Any] = {}
    found: Mapping[str, Any] = {}
    problems: list[Mapping[str, Any]] = []
    said: list[str] = []
    for line in lines:
        if not line.startswith("{"):
            said.append(line.rstrip())
            continue
        entry = json.loads(line)
        if entry.get("type") == "change_summary":
            counts = entry["changes"]
        elif entry.get("type") == "diagnostic":
            problems.append(entry["diagnostic"])
        elif entry.get("type") == "outputs":
            found = {name: output.get("value") for name, output in entry["outputs"].items()}
    add, change, remove = (counts.get(name, 0) for name in ("add", "change", "remove"))
    return Outcome(code, add, change, remove, tuple(problems), found, tuple(said))
