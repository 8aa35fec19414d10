"""Where a stack is planned and applied: the local clouds, by the runner of `isthmus tf`."""

from __future__ import annotations

import tempfile
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from isthmus.change import terraform
from isthmus.change.plans import Target
from isthmus.change.report import Problem
from isthmus.change.vault import write_privately
from isthmus.core.errors import ConfigurationError
from isthmus.local import stacks
from isthmus.local.rundir import RunDirectory
from isthmus.rehearsal import runner
from isthmus.rehearsal.outcome import Hear, deaf
from isthmus.rehearsal.stack import Stack

INTERRUPTED = 130
"""Terraform's exit code when somebody pressed Ctrl-C, which was for us, too."""


@dataclass(frozen=True)
class State:
    """Which state a stack has.

    Attributes:
        lineage: Terraform's id of it; empty before the first.
        serial: Its number; it grows with each change.
    """

    lineage: str = ""
    serial: int = 0


class Stage(Protocol):
    """What plans, shows and applies a stack."""

    @property
    def place(self) -> str:
        """What tells this stage from any other, for one run."""

    def plan(self, target: Target, saved: Path) -> tuple[Problem, ...]:
        """Plans what is deployed, refreshed, into a file; returns Terraform's errors and warnings."""

    def show(self, target: Target, saved: Path | None = None) -> bytes:
        """A saved plan, or the state, as `terraform show -json` writes it."""

    def state(self, target: Target) -> State:
        """The state as it is now."""

    def apply(self, target: Target, saved: Path, hear: Hear = deaf) -> tuple[Problem, ...]:
        """Applies a saved plan, `hear` told what Terraform does; returns its errors and warnings."""


@dataclass(frozen=True)
class LocalStage:
    """The clouds of a run on this machine, or, while they are down, a rehearsal without clouds."""

    root: Path
    run: RunDirectory

    @property
    def place(self) -> str:
        """An id of the run directory, made when it is first asked for."""
        file = self.run.root / "place"
        if not file.is_file():
            self.run.root.mkdir(parents=True, exist_ok=True)
            write_privately(file, f"local {uuid.uuid4()}".encode())
        return file.read_text("utf-8")

    def plan(self, target: Target, saved: Path) -> tuple[Problem, ...]:
        """See `Stage`."""
        return self._run(target, ["plan", "-input=false", f"-out={saved.absolute()}"])

    def apply(self, target: Target, saved: Path, hear: Hear = deaf) -> tuple[Problem, ...]:
        """See `Stage`."""
        return self._run(target, ["apply", "-input=false", str(saved.absolute())], hear)

    def show(self, target: Target, saved: Path | None = None) -> bytes:
        """See `Stage`."""
        context = stacks.context_of(self.run)
        words = ["show", "-json", *([str(saved.absolute())] if saved else [])]
        with tempfile.TemporaryFile("w+") as out:
            code = runner.run_stack(self._stack(target), words, live=context.live, context=context, stdout=out)
            out.seek(0)
            text = out.read()
        if code == INTERRUPTED:
            raise KeyboardInterrupt
        if code:
            raise ConfigurationError(f"terraform show ended with {code}: {text.strip()[-500:]}", where=str(target))
        return text.encode()

    def state(self, target: Target) -> State:
        """See `Stage`."""
        found = runner.state(self._stack(target), stacks.context_of(self.run)) or {}
        return State(str(found.get("lineage", "")), int(found.get("serial", 0)))

    def _stack(self, target: Target) -> Stack:
        return stacks.stack_in(self.run, target.environment, target.stack)

    def _run(self, target: Target, words: Sequence[str], hear: Hear = deaf) -> tuple[Problem, ...]:
        stack, context = self._stack(target), stacks.context_of(self.run)
        made = runner.execute(stack, words, live=context.live, context=context, hear=hear)
        return terraform.problems(made, stack, self.root)


def deployed(run: RunDirectory) -> list[str]:
    """The stacks that `isthmus up` applies, in their order."""
    layers: tuple[str, ...] = (stacks.BOOTSTRAP, *stacks.LAYERS) if run.read().remote_state else stacks.LAYERS
    return [f"{layer}/{cloud}" for layer in layers for cloud in ("aws", "gcp")]
