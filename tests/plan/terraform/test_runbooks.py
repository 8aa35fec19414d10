"""Every alarm says what to do: it names a runbook, which is there and whose commands can be typed as they stand."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

RUNBOOKS = Path(__file__).resolve().parents[3] / "docs" / "runbooks"
NAMED = re.compile(r"docs/runbooks/[a-z-]+\.md")
COMMAND = re.compile(r"`(isthmus [^`]+)`")
ALARMS = (
    "aws_budgets_budget",
    "aws_cloudwatch_composite_alarm",
    "aws_cloudwatch_metric_alarm",
    "google_billing_budget",
    "google_monitoring_alert_policy",
)


def _commands() -> list[tuple[str, str]]:
    return [(path.name, line) for path in sorted(RUNBOOKS.glob("*.md")) for line in COMMAND.findall(path.read_text())]


def test_every_runbook_that_terraform_names_is_there(terraform: Path) -> None:
    """On both clouds."""
    named = {name for path in terraform.rglob("*.tf") for name in NAMED.findall(path.read_text())}
    assert named
    assert named <= {f"docs/runbooks/{path.name}" for path in RUNBOOKS.glob("*.md")}


def test_every_folder_with_an_alarm_names_a_runbook(
    modules: list[Path], stacks: list[Path], reader: ModuleType
) -> None:
    """Alarms and budgets; their own tests hold that each alarm has one."""
    for folder in modules + stacks:
        if any(kind in ALARMS for kind, _, _ in reader.resources(folder)):
            assert any(NAMED.search(path.read_text()) for path in folder.glob("*.tf")), folder


@pytest.mark.parametrize(("runbook", "line"), _commands())
def test_a_command_of_a_runbook_can_be_typed(
    runbook: str,
    line: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    command_of: Callable[[list[str]], tuple[Any, list[str]]],
) -> None:
    """A runbook is read at three in the morning: commands, arguments and options are those that the program has."""
    words = shlex.split(line)[1:]
    monkeypatch.chdir(tmp_path)
    for word in words:
        if word.endswith(".json"):  # a file that a command before it has written
            (tmp_path / word).touch()
    command, words = command_of(words)
    assert not hasattr(command, "commands"), f"no such command: {line}"
    command.make_context(command.name, words)
