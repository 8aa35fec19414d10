"""What docs/failover.md and its runbook name exists: commands with their options, and how each is called."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from typer.main import get_command

from isthmus.cli.app import app

DOCS = Path(__file__).resolve().parents[2] / "docs"
TEXT = (DOCS / "failover.md").read_text("utf-8") + (DOCS / "runbooks" / "failover.md").read_text("utf-8")
LINES = sorted(
    {*re.findall(r"^isthmus failover .*$", TEXT, re.MULTILINE), *re.findall(r"`(isthmus failover [^`]+)`", TEXT)}
)


@pytest.mark.parametrize("line", LINES)
def test_a_command_of_failover_can_be_understood(line: str) -> None:
    name, *arguments = shlex.split(line, comments=True)[2:]
    commands = get_command(app).commands["failover"].commands  # type: ignore[attr-defined]
    commands[name].make_context(name, arguments)


def test_every_command_of_failover_is_shown() -> None:
    commands = get_command(app).commands["failover"].commands  # type: ignore[attr-defined]
    assert {line.split()[2] for line in LINES} == set(commands)
