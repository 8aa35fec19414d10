"""How property tests are run: by their examples, never by how fast this machine is just now.

An example has no deadline of its own, and making one may be slow: beside other work both failed tests that hold. A test
that hangs is ended by the timeout of pytest. In CI the examples are the same at every run, as Hypothesis does there.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from typer.main import get_command

from isthmus.cli.app import app

settings.register_profile("isthmus", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("isthmus")


@pytest.fixture(scope="session")
def command_of() -> Callable[[list[str]], tuple[Any, list[str]]]:
    """Finds the command that words name, and its arguments; a group, when they name none."""

    def find(words: list[str]) -> tuple[Any, list[str]]:
        command: Any = get_command(app)
        while words and words[0] in getattr(command, "commands", {}):
            command, words = command.commands[words[0]], words[1:]
        return command, words

    return find
