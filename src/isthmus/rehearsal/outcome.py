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
    """

    code: int
    add: int = 0
    change: int = 0
    remove: int = 0
    diagnostics: tuple[Mapping[str, Any], ...] = ()
    outputs: Mapping[str, Any] = field(default_factory=dict)

    @property
    def no_changes(self) -> bool:
        """Whether there was nothing to do."""
        return self.code == 0 and not (self.add or self.change or self.remove)


def read(code: int, lines: Iterable[str]) -> Outcome:
    """The outcome that a run with `-json` tells of; lines that are not JSON are left out."""
    counts: Mapping[str, Any] = {}
    found: Mapping[str, Any] = {}
    problems: list[Mapping[str, Any]] = []
    for line in lines:
        if not line.startswith("{"):
            continue
        entry = json.loads(line)
        if entry.get("type") == "change_summary":
            counts = entry["changes"]
        elif entry.get("type") == "diagnostic":
            problems.append(entry["diagnostic"])
        elif entry.get("type") == "outputs":
            found = {name: output.get("value") for name, output in entry["outputs"].items()}
    return Outcome(code, counts.get("add", 0), counts.get("change", 0), counts.get("remove", 0), tuple(problems), found)
