"""The README is one screen; it and the page of use name only commands that exist."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

CommandOf = Callable[[list[str]], tuple[Any, list[str]]]
ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text("utf-8")
USE = (ROOT / "docs" / "use.md").read_text("utf-8")
LINES = sorted(set(re.findall(r"^isthmus .*$", README + USE, re.MULTILINE)))
MENTIONS = sorted(set(re.findall(r"`(isthmus [a-z][^`]*)`", README + USE)))


def test_the_readme_is_one_screen() -> None:
    assert len(README.splitlines()) <= 60


def test_its_figures_are_those_of_the_whole_table() -> None:
    """Which `make demo` printed; each of its rows stands on both pages alike."""
    whole = set(re.findall(r"^\| [a-z][^|]+ \| [^|]*\d[^|]* \|$", USE, re.MULTILINE))
    shown = re.search(r"^\| `make demo`.*?(?=\n\n)", README, re.DOTALL | re.MULTILINE)
    assert shown is not None
    rows = set(re.findall(r"^\| [a-z].*$", shown[0], re.MULTILINE))
    assert len(rows) >= 5 and rows <= whole


def test_it_leads_to_every_tutorial() -> None:
    pages = {f"docs/tutorials/{path.name}" for path in (ROOT / "docs" / "tutorials").glob("*.md")}
    assert pages - {"docs/tutorials/README.md"} <= set(re.findall(r"\]\(([^)#]+)", README))


def test_the_commands_of_the_main_job_are_shown() -> None:
    shown = {line.split()[1] for line in LINES}
    assert {"up", "send", "query", "break", "heal", "tail", "dlq", "tf", "logs", "down"} <= shown


@pytest.mark.parametrize("line", LINES)
def test_a_command_line_can_be_understood(line: str, command_of: CommandOf) -> None:
    command, arguments = command_of(shlex.split(line, comments=True)[1:])
    assert not hasattr(command, "commands"), f"no such command: {line}"
    command.make_context("isthmus", arguments)


@pytest.mark.parametrize("mention", MENTIONS)
def test_a_command_that_is_mentioned_is_there_with_its_options(mention: str, command_of: CommandOf) -> None:
    command, arguments = command_of(shlex.split(mention)[1:])
    assert not hasattr(command, "commands"), f"no such command: {mention}"
    known = {option for parameter in command.params for option in parameter.opts}
    assert {word for word in arguments if word.startswith("--")} <= known


def test_the_pictures_are_there_and_small_enough_to_load() -> None:
    paths = re.findall(r"!\[[^\]]+\]\(([^)]+\.png)\)", README)
    assert paths == ["docs/images/console.png", "docs/images/ledger-and-trace.png"]
    for picture in ((ROOT / path).read_bytes() for path in paths):
        assert picture.startswith(b"\x89PNG")
        assert len(picture) < 400 * 1024


def test_every_runbook_is_in_their_list_by_its_title() -> None:
    folder = ROOT / "docs" / "runbooks"
    listed = {
        name: title for title, name in re.findall(r"^- \[(.+)\]\((.+)\)$", (folder / "README.md").read_text(), re.M)
    }
    titles = {path.name: path.read_text("utf-8").split("\n")[0][2:] for path in folder.glob("*.md")}
    assert listed == {name: title for name, title in titles.items() if name != "README.md"}
