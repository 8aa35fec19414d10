"""Walking a tutorial: what its page says to write is written, what it says to type is typed, in a clone of the project.

A comment before a block says what is to come of it:

    run, run: TEXT      it ends well, and says the text
    wait: TEXT          typed again until it says the text
    refused: TEXT       it ends badly, and says the text
    append: FILE        the block is put at the end of the file
    write: FILE         the block is the file
    last                what ends the run; the clone does it once, after all pages

`DIGEST` stands for the last digest that was printed.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from waiting import until

ROOT = Path(__file__).resolve().parents[2]
TUTORIALS = ROOT / "docs" / "tutorials"
_BLOCK = re.compile(r"<!-- (run|wait|refused|append|write|last)(?:: (.*?))? -->\n```\w+\n(.*?)```", re.DOTALL)
_DIGEST = re.compile(r"\b[0-9a-f]{64}\b")


@dataclass(frozen=True)
class Block:
    """A block of a page: what is to come of it, the text or file that goes with that, and what it holds."""

    kind: str
    goal: str
    text: str


def blocks(page: str) -> list[Block]:
    """The blocks of a tutorial that are walked."""
    return [Block(*found) for found in _BLOCK.findall((TUTORIALS / page).read_text("utf-8"))]


@dataclass
class Clone:
    """A clone of what git has here, with its own commit, an `isthmus` that runs it, and a run of its own."""

    folder: Path
    environment: dict[str, str]
    digest: str = "DIGEST"

    @classmethod
    def make(cls, place: Path) -> Clone:
        """Makes one below a folder; files that are changed and not committed are in it as they are."""
        folder, programs = place / "clone", place / "bin"
        for name in _git(ROOT, "ls-files").splitlines():
            if (ROOT / name).is_file():
                (folder / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(ROOT / name, folder / name)
        programs.mkdir()
        for name, words in (("isthmus", "-m isthmus.cli"), ("python", "")):
            (programs / name).write_text(f'#!/bin/sh\nexec {sys.executable} {words} "$@"\n')
            (programs / name).chmod(0o755)
        _git(folder, "init", "--quiet", "--initial-branch=main")
        for key, value in (("user.name", "Somebody"), ("user.email", "somebody@example.com")):
            _git(folder, "config", key, value)
        _git(folder, "add", "--all", "--force")
        _git(folder, "commit", "--quiet", "--message", "As it was cloned")
        return cls(folder, _environment(place, folder, programs))

    def type(self, text: str) -> subprocess.CompletedProcess[str]:
        """Types a block into a shell that stops at the first command that fails."""
        words = ["bash", "-euo", "pipefail", "-c", text.replace("DIGEST", self.digest)]
        done = subprocess.run(
            words,
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=300,
            stdin=subprocess.DEVNULL,
        )
        self.digest = (_DIGEST.findall(done.stdout) or [self.digest])[-1]
        return done

    def walk(self, block: Block) -> None:
        """Does what a block says.

        Raises:
            AssertionError: something else came of it.
        """
        if block.kind in ("append", "write"):
            path = self.folder / block.goal
            path.write_text((path.read_text("utf-8") if block.kind == "append" else "") + block.text, "utf-8")
            return
        done = self.type(block.text)
        if block.kind == "wait":
            assert until(lambda: _says(self.type(block.text), block.goal), 120), _told(block, self.type(block.text))
            return
        assert (done.returncode == 0) == (block.kind != "refused"), _told(block, done)
        assert _says(done, block.goal), _told(block, done)


def _says(done: subprocess.CompletedProcess[str], goal: str) -> bool:
    """Whether something was printed, however wide its columns."""
    return " ".join(goal.split()) in " ".join((done.stdout + done.stderr).split())


def _told(block: Block, done: subprocess.CompletedProcess[str]) -> str:
    return f"{block}\n{done.stdout}\n{done.stderr}"


def _environment(place: Path, folder: Path, programs: Path) -> dict[str, str]:
    # Somebody walks at a laptop: in CI `isthmus check` fails for a linter that isn't installed.
    laptop = {name: value for name, value in os.environ.items() if name != "CI"}
    return laptop | {
        "PATH": f"{programs}:{os.environ['PATH']}",
        "PYTHONPATH": str(folder / "src"),
        "ISTHMUS_RUN_DIR": str(place / "run"),
    }


def _git(folder: Path, *words: str) -> str:
    return subprocess.run(["git", *words], cwd=folder, capture_output=True, text=True, check=True).stdout
