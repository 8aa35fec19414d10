"""The workflows as they are written, each step with where it is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / ".github"


@dataclass(frozen=True)
class Step:
    """A step.

    Attributes:
        file: Its workflow, or `setup` for the action.
        job: Its job's key.
        name: Its name; empty for one that only uses an action.
        body: What is written.
        shared: The job's environment.
    """

    file: str
    job: str
    name: str
    body: dict[str, Any]
    shared: dict[str, str] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """How a test calls it."""
        return f"{self.file}/{self.job}/{self.name}"


def workflows() -> dict[str, dict[str, Any]]:
    """Every workflow by its file's name. YAML 1.1 reads `on` as true."""
    files = sorted((FOLDER / "workflows").glob("*.yml"))
    read = {file.stem: yaml.safe_load(file.read_text("utf-8")) for file in files}
    return {name: {("on" if key is True else key): value for key, value in body.items()} for name, body in read.items()}


def steps() -> Iterator[Step]:
    """Every step of every workflow, and of our own action."""
    for file, workflow in workflows().items():
        for job, body in workflow["jobs"].items():
            for step in body.get("steps", ()):
                yield Step(file, job, step.get("name", ""), step, body.get("env", {}))
    for path in sorted(FOLDER.glob("actions/*/action.yml")):
        for step in yaml.safe_load(path.read_text("utf-8"))["runs"]["steps"]:
            yield Step(path.parent.name, "action", step.get("name", ""), step)
