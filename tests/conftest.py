"""How property tests are run: by their examples, never by how fast this machine is just now.

An example has no deadline of its own, and making one may be slow: beside other work both failed tests that hold. A test
that hangs is ended by the timeout of pytest. In CI the examples are the same at every run, as Hypothesis does there.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from typer.main import get_command
from xdist.scheduler import LoadScopeScheduling

from isthmus.cli.app import app

settings.register_profile("isthmus", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("isthmus")

HERE = Path(__file__).parent
TOGETHER = ("e2e", "plan/terraform", "browser", "contract/google", "plan/rehearsal", "contract")
"""Tests that share what is dear to start stay in one process, a folder each; the longest come first."""

LEDGER = HERE / "e2e" / "test_ledger.py"
"""It changes what is deployed for all of its folder, so it comes after the others there."""


class _Folders(LoadScopeScheduling):
    """Gives each process a folder of those that stay together, or a file."""

    def _split_scope(self, nodeid: str) -> str:
        return _group(Path(nodeid.partition("::")[0]).relative_to(HERE.name))


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadScopeScheduling:
    """Says which tests stay together; xdist's own mark for it does nothing under pytest 9.2."""
    return _Folders(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Puts the long ones first."""
    groups = {item: _group(item.path.relative_to(HERE)) for item in items}
    ranks = {group: rank for rank, group in enumerate(TOGETHER)}
    items.sort(key=lambda item: (ranks.get(groups[item], len(ranks)), item.path == LEDGER))


def _group(path: Path) -> str:
    folders = [folder for folder in TOGETHER if path.is_relative_to(folder)]
    return folders[0] if folders else path.as_posix()


@pytest.fixture(scope="session")
def command_of() -> Callable[[list[str]], tuple[Any, list[str]]]:
    """Finds the command that words name, and its arguments; a group, when they name none."""

    def find(words: list[str]) -> tuple[Any, list[str]]:
        command: Any = get_command(app)
        while words and words[0] in getattr(command, "commands", {}):
            command, words = command.commands[words[0]], words[1:]
        return command, words

    return find
