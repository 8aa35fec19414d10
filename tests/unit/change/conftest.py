"""A project in git with one rule, and a stage in memory."""

from __future__ import annotations

import hashlib
import json
import subprocess
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from isthmus.change.plans import Target
from isthmus.change.report import Problem
from isthmus.change.saved import Desk
from isthmus.change.stage import State
from isthmus.change.vault import Vault
from isthmus.rehearsal.outcome import Hear, deaf

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
MAIN = """package main

import rego.v1

judgement := {"findings": found, "checked": {"naming.short": names}}

names := [change.address | some change in object.get(input, "resource_changes", [])]

found := [{"rule": "naming.short", "address": name, "message": "is long", "verdict": "fail"} |
	some name in names
	count(name) > 20
]
"""
RULE = """# METADATA
# title: Names are short
# description: It passes below 20 characters.
# custom:
#   severity: low
#   remedy: Shorten it.
package isthmus.naming.short

import rego.v1
"""


@dataclass
class FakeStage:
    """A stack whose plan is a list of names to make."""

    names: list[str] = field(default_factory=lambda: ["aws_sqs_queue.a"])
    place: str = "here"
    lineage: str = "one"
    serial: int = 7
    shown: list[Path | None] = field(default_factory=list)
    applied: list[str] = field(default_factory=list)
    fails: str = ""
    stops: int = -1
    shows: bool = True

    def plan(self, target: Target, saved: Path) -> tuple[Problem, ...]:
        """Writes the names."""
        saved.write_text(json.dumps([str(target), self.names]))
        return ()

    def show(self, target: Target, saved: Path | None = None) -> bytes:
        """The plan, or a state."""
        self.shown.append(saved)
        if saved is None and not self.shows:
            raise KeyboardInterrupt
        if saved is None:
            return json.dumps({"format_version": "1.0", "terraform_version": "1.15.5", "values": {}}).encode()
        change = {"actions": ["create"], "before": None, "after": {}, "after_unknown": {}}
        changes = [{"address": name, "change": change} for name in json.loads(saved.read_text())[1]]
        plan: dict[str, Any] = {"format_version": "1.2", "planned_values": {}, "configuration": {}}
        return json.dumps({**plan, "resource_changes": changes}).encode()

    def state(self, target: Target) -> State:
        """As the test says."""
        return State(self.lineage, self.serial)

    def apply(self, target: Target, saved: Path, hear: Hear = deaf) -> tuple[Problem, ...]:
        """Counts, and says what Terraform says; `stops` after so many."""
        for number, name in enumerate(self.names):
            if number == self.stops:
                raise KeyboardInterrupt
            hook = {"resource": {"addr": name}, "action": "create", "elapsed_seconds": 2}
            hear({"type": "apply_start", "hook": hook})
            hear({"type": "apply_errored" if self.fails else "apply_complete", "hook": hook})
        hear({"type": "change_summary"} if not self.fails else {})
        self.applied.append(hashlib.sha256(saved.read_bytes()).hexdigest())
        return (Problem("terraform", self.fails),) if self.fails else ()


def git(root: Path, *words: str) -> None:
    """Runs git as nobody in particular."""
    subprocess.run(["git", "-C", str(root), "-c", "user.name=n", "-c", "user.email=n@example.com", *words], check=True)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project whose files are committed."""
    root = tmp_path / "project"
    (root / "policy" / "naming" / "short").mkdir(parents=True)
    (root / "policy" / "main.rego").write_text(MAIN)
    (root / "policy" / "naming" / "short" / "short.rego").write_text(RULE)
    (root / "terraform" / "stacks" / "platform" / "aws").mkdir(parents=True)
    (root / "terraform" / "stacks" / "platform" / "aws" / "main.tf").write_text("")
    git(root, "init", "-q")
    git(root, "add", ".")
    git(root, "commit", "-qm", "Begin")
    return root


@pytest.fixture
def stage() -> FakeStage:
    """A stage in memory."""
    return FakeStage()


@pytest.fixture
def commit(project: Path) -> Callable[[], None]:
    """Commits what the test changed."""

    def change() -> None:
        git(project, "add", ".")
        git(project, "commit", "-qm", "Go on")

    return change


@pytest.fixture
def desk(project: Path, stage: FakeStage, tmp_path: Path) -> Desk:
    """A desk at noon, without a key."""
    return Desk(project, stage, Vault(tmp_path / "run" / "changes"), lambda target, document: {"month": "12.00"}, NOON)
