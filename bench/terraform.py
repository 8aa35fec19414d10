"""The project's own Terraform: every stack in every environment planned, and dev applied to the local clouds.

Each is a whole command as a person types it, Python's start included. `isthmus up --remote-state` starts both clouds,
makes the buckets of the states (bootstrap) and applies foundation and platform on both; the edge, which dev has not, is
applied after it.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import measure
from measure import Figure

from isthmus.local import packages
from isthmus.local.project import project_root
from isthmus.rehearsal.stack import stacks_of

PART = "terraform"
ENVIRONMENT = "dev"
EDGE = ("edge/aws", "edge/gcp")
CHANGES = 2
"""Terraform's exit code of a plan with changes."""


def run() -> list[Figure]:
    """Plans, applies, plans again and destroys."""
    packages.ensure()
    with tempfile.TemporaryDirectory() as scratch:
        planned = _seconds(Path(scratch) / "plans", "check", "--step", "plan")
        there = Path(scratch) / "run"
        try:
            applied = _seconds(there, "up", "--remote-state")
            applied += sum(_seconds(there, "tf", ENVIRONMENT, name, "apply", "-auto-approve") for name in EDGE)
            stacks = stacks_of(project_root())
            changed = [name for name in stacks if _changes(there, name)]
            for name in _downward(stacks):
                _seconds(there, "tf", ENVIRONMENT, name, "destroy", "-auto-approve")
            left = sum(
                len(_do(there, "tf", ENVIRONMENT, name, "state", "list").stdout.split()) for name in _kept(stacks)
            )
        finally:
            _do(there, "down", "--purge")
    return [
        Figure(PART, "validate and plan, all stacks, three environments", planned, "s", 60, most=True),
        Figure(PART, "all of dev applied live, both clouds' start included", applied, "s", 30, most=True),
        Figure(PART, "stacks with changes in the second plan", len(changed), "", 0, most=True),
        Figure(PART, "resources left after destroy", left, "", 0, most=True),
    ]


def _downward(stacks: list[str]) -> list[str]:
    """Against the order of apply; Google's platform first, whose key ends up in AWS's."""
    layers = ["edge", "platform", "foundation"]
    return sorted(_kept(stacks), key=lambda name: (layers.index(name.partition("/")[0]), name.endswith("aws")))


def _kept(stacks: list[str]) -> list[str]:
    """The stacks whose states the bootstrap layer keeps."""
    return [name for name in stacks if not name.startswith("bootstrap/")]


def _changes(run: Path, stack: str) -> bool:
    return _do(run, "tf", ENVIRONMENT, stack, "plan", "-detailed-exitcode", codes=(0, CHANGES)).returncode == CHANGES


def _seconds(run: Path, *words: str) -> float:
    began = time.perf_counter()
    _do(run, *words)
    return time.perf_counter() - began


def _do(run: Path, *words: str, codes: tuple[int, ...] = (0,)) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        [sys.executable, "-m", "isthmus.cli", *words],
        cwd=project_root(),
        env={**os.environ, "ISTHMUS_RUN_DIR": str(run)},
        capture_output=True,
        text=True,
    )
    if done.returncode not in codes:
        raise SystemExit(f"isthmus {' '.join(words)} failed:\n{done.stdout[-3000:]}{done.stderr}")
    return done


if __name__ == "__main__":
    measure.main(__doc__, run)
