"""The reference says what the code says, on every Python and in every terminal."""

from __future__ import annotations

import importlib.util
import os
import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest
from typer.main import get_command

from isthmus.cli.app import app

ROOT = Path(__file__).resolve().parents[2]
REFERENCE = ROOT / "docs" / "reference"


def tool(name: str) -> ModuleType:
    """A tool that writes a page, as a module."""
    spec = importlib.util.spec_from_file_location(name, ROOT / "tools" / f"{name}.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("columns", ["40", "200"])
@pytest.mark.parametrize("page", ["cli", "errors", "configuration"])
def test_a_page_is_up_to_date(page: str, columns: str) -> None:
    """Otherwise the tool that writes it says so."""
    words = [sys.executable, str(ROOT / "tools" / f"{page}_doc.py"), "--check"]
    environment = {**os.environ, "COLUMNS": columns, "TERMINAL_WIDTH": columns, "FORCE_COLOR": "1"}
    result = subprocess.run(words, capture_output=True, text=True, timeout=60, env=environment)
    assert (result.returncode, result.stdout) == (0, "")


def test_every_command_and_every_option_is_there() -> None:
    page = (REFERENCE / "cli.md").read_text("utf-8")

    def look(command: object, words: tuple[str, ...]) -> None:
        for name, found in getattr(command, "commands", {}).items():
            look(found, (*words, name))
        if not hasattr(command, "commands"):
            section = page.split(f"\n## {' '.join(words)}\n")[1].split("\n## ")[0]
            for parameter in command.params:  # type: ignore[attr-defined]
                assert all(
                    f"`{option}" in section for option in (*parameter.opts, *parameter.secondary_opts) if "-" in option
                )

    look(get_command(app), ("isthmus",))


def test_every_variable_that_the_code_reads_is_described_and_no_other() -> None:
    module = tool("configuration_doc")
    described = [*module.COMMANDS, *module.FUNCTIONS, *module.OWN]
    assert len(described) == len(set(described))
    assert set(described) == module.read_by_code()


def test_what_terraform_sets_is_what_functions_read() -> None:
    """But for the prefix, which is for people who look at a function."""
    module = tool("configuration_doc")
    files = (ROOT / "terraform").rglob("*.tf")
    given = {name for path in files for name in re.findall(r"\b(ISTHMUS_\w+?)\b\s*=", path.read_text("utf-8"))}
    assert given - {"ISTHMUS_PREFIX"} <= set(module.FUNCTIONS)


def test_every_field_of_the_publisher_is_described() -> None:
    rows = (REFERENCE / "configuration.md").read_text("utf-8").split("## The publisher")[1]
    assert not re.findall(r"^\|[^|]*\|[^|]*\|\s*\|$", rows, re.MULTILINE)


def test_every_code_of_a_rejection_is_explained() -> None:
    module = tool("errors_doc")
    text = "".join(path.read_text("utf-8") for path in (ROOT / "src/isthmus/core").glob("*.py"))
    made = set(re.findall(r'Rejection\([^)]*, "([a-z-]+)"\)', text)) | set(re.findall(r'code: str = "([a-z]+)"', text))
    assert made == set(module.CODES)


def test_an_error_that_is_known_is_there_with_what_to_do() -> None:
    page = (REFERENCE / "errors.md").read_text("utf-8")
    assert (
        "| the clouds are not up |" in page
        or "| the local clouds are not up | start them with `isthmus up` | 3 |" in page
    )
    assert "| … files are not committed | commit them, or plan with --dirty | 1 |" in page
    assert "| 413 | … events; a request takes …. Send it in parts. |" in page
    assert len(re.findall(r"^\| .* \| 1 \|$", page, re.MULTILINE)) > 250
