"""Where the runs of one root module keep what must not be in the tree: plug-in data and state."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from isthmus.rehearsal import state_file
from isthmus.rehearsal.errors import ForeignState


@dataclass(frozen=True)
class Workspace:
    """The folders and files of one environment and stack under the run directory.

    Attributes:
        run_dir: The run directory.
        environment: As `dev`.
        stack: As `platform/aws`.
    """

    run_dir: Path
    environment: str
    stack: str

    @property
    def data_dir(self) -> Path:
        """What Terraform calls TF_DATA_DIR."""
        return self._folder / "data"

    @property
    def tree(self) -> Path:
        """Where the mirror of the root module is."""
        return self._folder / "tree"

    @property
    def state(self) -> Path:
        """The state file."""
        return self.run_dir / "tfstate" / self.environment / f"{self.stack}.tfstate"

    @property
    def modules(self) -> Path:
        """The list of modules that `init` wrote."""
        return self.data_dir / "modules" / "modules.json"

    @property
    def cli_config(self) -> Path:
        """Terraform's own settings for the child, so that the user's don't count."""
        return self.run_dir / "terraform" / "cli.tfrc"

    @property
    def workspaces(self) -> Path:
        """The folder of the states of Terraform's workspaces other than `default`."""
        return self.state.with_suffix(".workspaces")

    def states(self) -> list[dict[str, Any]]:
        """The contents of its state files, of all of Terraform's workspaces."""
        files = [file for file in (self.state, *self._others) if file.is_file()]
        return [state for file in files if (state := state_file.read(file)) is not None]

    def beside(self) -> list[dict[str, Any]]:
        """The contents of the state files of the environment's other stacks."""
        folder = self.run_dir / "tfstate" / self.environment
        files = [file for file in sorted(folder.rglob("*.tfstate")) if file != self.state]
        return [state for file in files if (state := state_file.read(file)) is not None]

    def remember_plan(self, plan: Path) -> None:
        """Takes a saved plan for one of this workspace's."""
        with (self.data_dir / "plans").open("a") as known:
            known.write(f"{_digest_of(plan)}\n")

    def made_plan(self, plan: Path) -> bool:
        """Whether a saved plan was made here."""
        known = self.data_dir / "plans"
        return known.is_file() and _digest_of(plan) in known.read_text().split()

    def prepare(self) -> None:
        """Makes the folders and the settings file."""
        self.data_dir.mkdir(parents=True, exist_ok=True)
        self.state.parent.mkdir(parents=True, exist_ok=True)
        if not self.cli_config.is_file():
            self.cli_config.write_text("disable_checkpoint = true\n")

    def drop_torn(self) -> None:
        """Removes what an `init` that was killed has half written; the next one starts over."""
        for file in (self.modules, self.data_dir / "terraform.tfstate"):
            if file.is_file() and not state_file.is_whole(file):
                file.unlink()
                self._digest.unlink(missing_ok=True)

    def initialized(self, digest: str) -> bool:
        """Whether `init` has been run for these files."""
        return self._digest.is_file() and self._digest.read_text() == digest

    def mark_initialized(self, digest: str) -> None:
        """Remembers that `init` was run for these files."""
        self._digest.write_text(digest)

    def prepare_state(self) -> None:
        """Makes sure that the state is one of a rehearsal, beginning one where there is none.

        A state is marked as a rehearsal's before Terraform first sees it: a run that is killed leaves no doubt.

        Raises:
            ForeignState: The state file was not made by a rehearsal.
        """
        if not self.state.is_file() and not self.state.is_symlink():
            lineage = str(uuid.uuid4())
            state_file.write_atomically(self._marker, lineage)
            state_file.write_atomically(self.state, json.dumps({**state_file.EMPTY, "lineage": lineage}))
        for other in self._others:
            state_file.mend(other)
        # One that is held has been looked at by its own runner.
        linked = self.state.is_symlink()
        held = None if linked else state_file.mend(self.state, self._own_lineage)
        if linked or (held is not None and held.get("lineage") != self._own_lineage):
            raise ForeignState(
                "this state was not made by a rehearsal, and a rehearsal must never change a real one",
                where=str(self.state),
                fix="move it away; the next apply starts a new one",
            )

    @contextlib.contextmanager
    def lock(self) -> Iterator[None]:
        """Holds the workspace while `init` changes it."""
        with (self.data_dir / "lock").open("a") as handle:
            fcntl.flock(handle.fileno(), fcntl.LOCK_EX)
            yield

    @property
    def _others(self) -> list[Path]:
        return sorted(self.workspaces.glob("*/terraform.tfstate"))

    @property
    def _own_lineage(self) -> str:
        return self._marker.read_text() if self._marker.is_file() else "none"

    @property
    def _folder(self) -> Path:
        return self.run_dir / "terraform" / self.environment / self.stack

    @property
    def _digest(self) -> Path:
        return self.data_dir / "initialized"

    @property
    def _marker(self) -> Path:
        return self.state.with_suffix(".rehearsal")


def _digest_of(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()
