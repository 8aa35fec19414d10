"""The README names only commands that exist."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

CommandOf = Callable[[list[str]], tuple[Any, list[str]]]
README = (Path(__file__).resolve().parents[2] / "README.md").read_text("utf-8")
LINES = re.findall(r"^isthmus .*$", README, re.MULTILINE)
MENTIONS = sorted(set(re.findall(r"`(isthmus [a-z][^`]*)`", README)))


def test_the_readme_shows_the_commands_of_the_main_job() -> None:
    shown = {line.split()[1] for line in LINES}
    assert {"up", "send", "query", "break", "heal", "tail", "dlq", "tf", "logs", "down"} <= shown


@pytest.mark.parametrize("line", LINES)
def test_a_command_line_of_the_readme_can_be_understood(line: str, command_of: CommandOf) -> None:
    command, arguments = command_of(shlex.split(line, comments=True)[1:])
    assert not hasattr(command, "commands"), f"no such command: {line}"
    command.make_context("isthmus", arguments)


@pytest.mark.parametrize("mention", MENTIONS)
def test_a_command_that_the_readme_mentions_is_there_with_its_options(mention: str, command_of: CommandOf) -> None:
    command, arguments = command_of(shlex.split(mention)[1:])
    assert not hasattr(command, "commands"), f"no such command: {mention}"
    known = {option for parameter in command.params for option in parameter.opts}
    assert {word for word in arguments if word.startswith("--")} <= known


def test_the_picture_is_there_and_small_enough_to_load() -> None:
    (path,) = re.findall(r"!\[[^\]]+\]\(([^)]+\.png)\)", README)
    picture = (Path(__file__).resolve().parents[2] / path).read_bytes()
    assert picture.startswith(b"\x89PNG")
    assert len(picture) < 400 * 1024
