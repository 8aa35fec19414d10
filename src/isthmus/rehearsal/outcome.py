"""What a run came to, read from Terraform's JSON lines."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any


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
