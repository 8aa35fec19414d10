"""The whole command `isthmus check --env dev`: every linter that is there, all stacks planned, judged and priced.

Python starts anew; the packages to deploy are built beforehand, and Terraform has been initialized in each stack, as
after any other check. The first check of a fresh clone, without that and the linters' caches, is measured apart.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import measure
from measure import Figure

from isthmus.local import packages
from isthmus.local.project import project_root

PART = "check"
ROUNDS = 3
MOST_SECONDS = 15.0
CACHES = (".mypy_cache", ".ruff_cache")


def run() -> list[Figure]:
    """A first check, then the best of a few."""
    packages.ensure()
    with tempfile.TemporaryDirectory() as scratch:
        for cache in CACHES:
            shutil.rmtree(project_root() / cache, ignore_errors=True)
        first = _seconds(Path(scratch))
        again = min(_seconds(Path(scratch)) for _ in range(ROUNDS))
    return [
        Figure(PART, "dev, all stacks, all steps", again, "s", MOST_SECONDS, most=True),
        Figure(PART, "the first in a fresh clone", first, "s"),
    ]


def _seconds(scratch: Path) -> float:
    began = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", "isthmus.cli", "check", "--env", "dev"],
        cwd=project_root(),
        env={**os.environ, "ISTHMUS_RUN_DIR": str(scratch / "run")},
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise SystemExit(f"the check does not pass:\n{done.stdout}{done.stderr}")
    return time.perf_counter() - began


if __name__ == "__main__":
    measure.main(__doc__, run)
