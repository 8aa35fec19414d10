"""The tutorial of handlers, walked: its commands in their order, in a copy of the project, on both clouds."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from waiting import until

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "tutorials" / "your-own-handler.md").read_text("utf-8")
BLOCKS = re.findall(r"<!-- (run|wait) -->\n```sh\n(.*?)```", PAGE, re.DOTALL)
TEN_MINUTES = 600


@pytest.fixture
def shell(tmp_path: Path) -> Iterator[tuple[Path, dict[str, str]]]:
    """A copy of what git has, an `isthmus` that runs it, and a run of its own."""
    copy, programs = tmp_path / "clone", tmp_path / "bin"
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for name in filter(lambda name: (ROOT / name).is_file(), listed.splitlines()):
        (copy / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, copy / name)
    programs.mkdir()
    for name, words in (("isthmus", "-m isthmus.cli"), ("python", "")):
        (programs / name).write_text(f'#!/bin/sh\nexec {sys.executable} {words} "$@"\n')
        (programs / name).chmod(0o755)
    environment = os.environ | {
        "PATH": f"{programs}:{os.environ['PATH']}",
        "PYTHONPATH": str(copy / "src"),
        "ISTHMUS_RUN_DIR": str(tmp_path / "run"),
    }
    yield copy, environment
    subprocess.run([programs / "isthmus", "down"], cwd=copy, env=environment, capture_output=True, timeout=120)


@pytest.mark.timeout(TEN_MINUTES)
def test_the_tutorial_can_be_walked(shell: tuple[Path, dict[str, str]]) -> None:
    """Each block ends well, and the handler has had all three orders, on whichever cloud took them in."""
    copy, environment = shell

    def say(block: str) -> str:
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", block],
            cwd=copy,
            env=environment,
            capture_output=True,
            text=True,
            timeout=300,
        )
        assert done.returncode == 0, f"{block}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    assert [kind for kind, _ in BLOCKS] == ["run", "run", "run", "run", "wait", "run"]
    for kind, block in BLOCKS:
        if kind == "wait":
            assert until(lambda block=block: _handled(say(block)) >= 3, 90), say(block)  # type: ignore[misc]
        else:
            said = say(block)
    assert len(re.findall(r"/shop\b", said)) == 3, said


def _handled(said: str) -> int:
    """How many events the handler's own lines tell."""
    return sum(int(number) for number in re.findall(r'"message":"orders".*?"events":(\d+)', said))
