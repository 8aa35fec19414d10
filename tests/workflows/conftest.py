"""A clone to run the steps of workflows in."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from .reading import ROOT


@dataclass(frozen=True)
class Clone:
    """A clone of the project as it is committed and changed here, and what runs in it.

    Attributes:
        root: The clone.
        temp: What GitHub calls RUNNER_TEMP.
        programs: A folder at the front of the PATH.
    """

    root: Path
    temp: Path
    programs: Path

    def program(self, name: str, text: str) -> None:
        """Puts a program in front of any other of its name."""
        path = self.programs / name
        path.write_text(text)
        path.chmod(0o700)

    def run(self, script: str, **settings: str) -> subprocess.CompletedProcess[str]:
        """Runs a step as GitHub runs it on Linux: bash, ending at the first error."""
        file = self.temp / "step.sh"
        file.write_text(script)
        words = ["bash", "--noprofile", "--norc", "-eo", "pipefail", str(file)]
        environment = {**self.environment, **settings}
        return subprocess.run(words, cwd=self.root, env=environment, capture_output=True, text=True, timeout=180)

    @property
    def environment(self) -> dict[str, str]:
        """What a step finds; no account's credentials, whatever this shell has."""
        kept = {
            name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "GOOGLE_", "TF_", "CI"))
        }
        path = os.pathsep.join([str(self.programs), str(self.root / ".venv" / "bin"), os.environ["PATH"]])
        files = {
            name: str(self.temp / name.lower()) for name in ("GITHUB_OUTPUT", "GITHUB_PATH", "GITHUB_STEP_SUMMARY")
        }
        own = {
            "GITHUB_ACTOR": "octocat",
            "GITHUB_REF_NAME": "v0.0.0",
            "GITHUB_REPOSITORY": "example/isthmus",
            "GITHUB_REPOSITORY_ID": "2000001",
            "GITHUB_RUN_ID": "1",
            "GITHUB_RUN_NUMBER": "1",
            "GITHUB_SERVER_URL": "https://github.com",
            "GITHUB_SHA": "0" * 40,
            "ISTHMUS_RUN_DIR": str(self.temp / "run"),
            "PATH": path,
            "PYTHONPATH": str(self.root / "src"),
            "RUNNER_TEMP": str(self.temp),
        }
        return {**kept, **files, **own}


@pytest.fixture(scope="session")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Callable[[], Clone]:
    """Makes a scratch clone with what is not committed yet; the project's Python is that of this test."""
    bare = tmp_path_factory.mktemp("clone") / "isthmus"
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    ).stdout.split(b"\0")
    for name in (each.decode() for each in listed if each):
        if (ROOT / name).is_file():
            (bare / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, bare / name)
    identity = ["-c", "user.name=test", "-c", "user.email=test@example.com", "-c", "commit.gpgsign=false"]
    for words in (["init", "-q", "-b", "main"], ["add", "-A"], [*identity, "commit", "-qm", "Start"]):
        subprocess.run(["git", *words], cwd=bare, check=True)
    binaries = bare / ".venv" / "bin"
    binaries.mkdir(parents=True)
    (binaries / "isthmus").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m isthmus.cli "$@"\n')
    (binaries / "python").write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    for file in binaries.iterdir():
        file.chmod(0o700)
    # `make setup` has nothing to do: its stamp is newer than what it depends on.
    (bare / ".venv" / ".ready").touch()

    def made() -> Clone:
        temp, programs = tmp_path_factory.mktemp("temp"), tmp_path_factory.mktemp("programs")
        return Clone(bare, temp, programs)

    return made
