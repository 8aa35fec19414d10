"""Both local clouds, and Terraform run on them."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from isthmus.rehearsal.backends import Backend
from isthmus.rehearsal.outcome import Outcome
from isthmus.rehearsal.realize.base import Context
from isthmus.rehearsal.runner import execute, run_stack
from isthmus.rehearsal.stack import Stack

PROVIDERS = """provider "aws" {
  region = "us-east-1"
}

provider "google" {
  project = "p1"
  region  = "us-central1"
}
"""


@dataclass(frozen=True)
class Live:
    """A root module whose resources are made on the local clouds."""

    stack: Stack
    context: Context

    def write(self, text: str) -> None:
        """Replaces what follows the provider blocks."""
        (self.stack.directory / "main.tf").write_text(f"{PROVIDERS}\n{text}")

    def do(self, *args: str) -> Outcome:
        """What a plan or apply came to."""
        return execute(self.stack, args, live=True, context=self.context)

    def say(self, *args: str) -> tuple[int, str]:
        """Terraform's exit code and what it printed."""
        with tempfile.TemporaryFile("w+") as out:
            code = run_stack(self.stack, args, live=True, context=self.context, stdout=out, stderr=out)
            out.seek(0)
            return code, out.read()


@pytest.fixture(scope="session")
def clouds(local_aws: Callable[[str], AbstractContextManager[str]], local_google: Context) -> Iterator[Context]:
    """Both local clouds."""
    with local_aws("false") as endpoint:
        yield replace(local_google, aws_endpoint=endpoint)


@pytest.fixture
def live(tmp_path: Path, clouds: Context) -> Callable[..., Live]:
    """Makes a root module of a text."""

    def make(text: str, backend: Backend | None = None, name: str = "module", **settings: Any) -> Live:
        directory = tmp_path / name
        directory.mkdir(exist_ok=True)
        made = Live(Stack(directory, "test", name, tmp_path / "run", backend=backend, **settings), clouds)
        made.write(text)
        return made

    return make
