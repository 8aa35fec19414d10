"""The code itself: style, types, and imports that point one way."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from isthmus.change.lint import lint

ROOT = Path(__file__).resolve().parents[2]
SCRIPTS = Path(sys.executable).parent


@pytest.mark.parametrize(
    "command",
    [("ruff", "format", "--check", "."), ("lint-imports", "--no-cache")],
    ids=lambda command: " ".join(command[:2]),
)
def test_the_code_passes(command: tuple[str, ...]) -> None:
    """What `make lint` runs finds nothing."""
    result = subprocess.run(
        [SCRIPTS / command[0], *command[1:]],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT / "src"), "COLUMNS": "120"},
        capture_output=True,
        text=True,
        timeout=200,
    )
    assert result.returncode == 0, result.stdout + result.stderr


def test_the_first_step_of_a_check_passes(tmp_path: Path) -> None:
    """Every linter that is installed finds nothing, in any file that it reads; those of Python always are."""
    step = lint(ROOT, tmp_path, strict=False)
    assert [problem for problem in step.problems if problem.level == "error"] == []
    assert {"ruff", "mypy", "zizmor", "shellcheck", "yamllint"} <= set(step.facts.split(", "))
