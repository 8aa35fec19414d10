"""Every alarm says what to do: it names a runbook, and the runbook is there and names commands that are there."""

from __future__ import annotations

import re
from pathlib import Path

from typer.main import get_command

from isthmus.cli.app import app

RUNBOOK = re.compile(r"docs/runbooks/[a-z-]+\.md")
COMMAND = re.compile(r"`isthmus ([a-z]+)")


def test_every_runbook_that_terraform_names_is_there(terraform: Path) -> None:
    """On both clouds."""
    named = {name for path in terraform.rglob("*.tf") for name in RUNBOOK.findall(path.read_text())}
    assert named
    assert sorted(name for name in named if not (terraform.parent / name).is_file()) == []


def test_runbooks_name_commands_that_exist(terraform: Path) -> None:
    """A runbook is read at three in the morning: what it says to type works."""
    known = set(get_command(app).commands)  # type: ignore[attr-defined]
    for path in (terraform.parent / "docs" / "runbooks").glob("*.md"):
        assert set(COMMAND.findall(path.read_text())) <= known, path.name
