"""Both clouds, up once for all end-to-end tests, in a run directory of their own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from isthmus.local import lifecycle
from isthmus.local.endpoints import Endpoints
from isthmus.local.rundir import RunDirectory

Isthmus = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="session")
def run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunDirectory]:
    """A run that is up, with IAM enforced: what works only without it is a missing policy."""
    directory = RunDirectory(tmp_path_factory.mktemp("clouds") / "run")
    lifecycle.up(directory, enforce_iam=True)
    yield directory
    lifecycle.down(directory, purge=True)


@pytest.fixture
def endpoints(run: RunDirectory) -> Endpoints:
    """Where everything answers now."""
    return Endpoints.require(run)


@pytest.fixture
def isthmus(run: RunDirectory) -> Isthmus:
    """Runs the command line in the run's directory."""

    def call(*words: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "isthmus.cli", *words],
            env={**os.environ, "ISTHMUS_RUN_DIR": str(run.root)},
            cwd=Path(__file__).resolve().parents[2],
            input=stdin,
            capture_output=True,
            text=True,
            timeout=120,
        )

    return call
