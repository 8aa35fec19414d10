"""docs/cost.md says what the price book, the priced types and the limits say."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

from typer.main import get_command

from isthmus.cli.app import app

ROOT = Path(__file__).resolve().parents[2]


def test_the_page_of_cost_is_up_to_date() -> None:
    """`python tools/cost_doc.py` writes it."""
    done = subprocess.run(
        [sys.executable, str(ROOT / "tools" / "cost_doc.py"), "--check"], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr


def test_its_commands_are_the_commands_of_the_program() -> None:
    commands = get_command(app)
    found = re.findall(r"^isthmus (cost|check)( .*)?$", (ROOT / "docs" / "cost.md").read_text("utf-8"), re.MULTILINE)
    assert len(found) >= 7
    for name, words in found:
        commands.commands[name].make_context(name, shlex.split(words, comments=True))  # type: ignore[attr-defined]
