"""Where the runs of one root module keep what must not be in the tree: plug-in data and state."""

from __future__ import annotations

import contextlib
import fcntl
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

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

    def prepare(self) -> None:
        """Makes the folders and the settings file."""
        self.data_dir.mkdir(parents=True, exist_ok=True)
        self.state.parent.mkdir(parents=True, exist_ok=True)
        if not self.cli_config.is_file():
            self.cli_config.write_text("disable_checkpoint = true\n")

    def initialized(self, digest: str) -> bool:
        """Whether `init` has been run for these files."""
        return self._digest.is_file() and self._digest.read_text() == digest

    def mark_initialized(self, digest: str) -> None:
        """Remembers that `init` was run for these files."""
        self._digest.write_text(digest)

    def check_state(self) -> None:
        """Raises ForeignState when the state file was not made by a rehearsal."""
        lineage = _lineage(self.state)
        if lineage and lineage not in self._lineages():
            raise ForeignState(
                "this state was not made by a rehearsal, and a rehearsal must never change a real one",
                where=str(self.state),
                fix="move it away; the next apply starts a new one",
            )

    def claim_state(self) -> None:
        """Remembers the state that Terraform has just written as a rehearsal's own."""
        lineage = _lineage(self.state)
        known = self._lineages()
        if lineage and lineage not in known:
            self._marker.write_text(json.dumps(sorted({*known, lineage})))

    @contextlib.contextmanager
    def lock(self) -> Iterator[None]:
        """Holds the workspace while `init` changes it."""
        with open(self.data_dir / "lock", "a") as handle:
            fcntl.flock(handle.fileno(), fcntl.LOCK_EX)
            yield

    @property
    def _folder(self) -> Path:
        return self.run_dir / "terraform" / self.environment / self.stack

    @property
    def _digest(self) -> Path:
        return self.data_dir / "initialized"

    @property
    def _marker(self) -> Path:
        return self.state.with_suffix(".rehearsal")

    def _lineages(self) -> list[str]:
        return list(json.loads(self._marker.read_text())) if self._marker.is_file() else []


def _lineage(state: Path) -> str:
    if not state.is_file() or not state.stat().st_size:
        return ""
    return str(json.loads(state.read_text()).get("lineage", ""))
