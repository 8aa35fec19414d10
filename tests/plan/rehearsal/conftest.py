"""Runs real Terraform on small configurations, with the provider stand-ins."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from isthmus.rehearsal.outcome import Outcome
from isthmus.rehearsal.realize.base import Context
from isthmus.rehearsal.runner import execute, outputs, run_stack
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
class Module:
    """A root module in a temporary folder."""

    stack: Stack

    def write(self, text: str) -> None:
        """Replaces what follows the provider blocks; line 1 of `text` is line 10 of the file."""
        (self.stack.directory / "main.tf").write_text(f"{PROVIDERS}\n{text}")

    def say(self, *args: str, context: Context | None = None) -> tuple[int, str]:
        """Terraform's exit code and what it printed."""
        with tempfile.TemporaryFile("w+") as out:
            code = run_stack(self.stack, args, context=context, stdout=out, stderr=out)
            out.seek(0)
            return code, out.read()

    def do(self, *args: str) -> Outcome:
        """What a plan or apply came to."""
        return execute(self.stack, args)

    def planned(self) -> dict[str, dict[str, Any]]:
        """Planned values by resource address; unknown ones are absent, as Terraform's JSON has it."""
        file = self.stack.run_dir / "plan.bin"
        assert self.say("plan", f"-out={file}")[0] == 0
        found = json.loads(self.say("show", "-json", str(file))[1])
        return {change["address"]: change["change"] for change in found["resource_changes"]}

    @property
    def outputs(self) -> dict[str, Any]:
        """The outputs in the state."""
        return outputs(self.stack)


@pytest.fixture
def module(tmp_path: Path) -> Callable[[str], Module]:
    """Makes a root module of a text."""

    def make(text: str, **variables: str) -> Module:
        directory = tmp_path / "module"
        directory.mkdir()
        made = Module(Stack(directory, "test", "module", tmp_path / "run", variables=variables))
        made.write(text)
        return made

    return make


@pytest.fixture(scope="session")
def real_providers() -> set[str]:
    """The providers that `terraform init` can get here: ISTHMUS_REAL_PROVIDERS, as `google` or `aws,google`."""
    return set(filter(None, os.environ.get("ISTHMUS_REAL_PROVIDERS", "").split(",")))
