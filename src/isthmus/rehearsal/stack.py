"""Root modules that can be run: the project's own stacks, and any other folder of Terraform."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from isthmus.core.errors import ConfigurationError
from isthmus.rehearsal.backends import Backend
from isthmus.rehearsal.real import REHEARSED
from isthmus.rehearsal.resources.data_sources.world import Values, read_existing
from isthmus.rehearsal.workspace import Workspace

ANY = "any"
"""The environment of root modules that are no stack of the project."""


_PROJECT_NUMBER = re.compile(r'^[ \t]*project_number[ \t]*=[ \t]*"(\d+)"', re.M)
ASSUMED = "assumed.json"
"""A stack's file of what it finds when the layers below were not applied."""


@dataclass(frozen=True)
class Stack:
    """A root module and how it is run.

    Attributes:
        directory: The root module's folder.
        environment: Name of the environment; its variables come from `variable_file`.
        name: As `platform/aws`.
        run_dir: The run directory.
        variable_file: Values of the environment; None for none.
        variables: Further values by name (TF_VAR_…): text, or JSON for other types.
        backend: A backend on the local clouds; None for a state file in the run directory.
        existing: What data sources find besides what the rehearsal has made, by their type.
        provider: `rehearsed`, or `real` for the real providers on the local clouds, whose state is kept apart.
        assumed: What the layers below would have made, where a data source finds nothing else.
    """

    directory: Path
    environment: str
    name: str
    run_dir: Path
    variable_file: Path | None = None
    variables: Mapping[str, str] = field(default_factory=dict)
    backend: Backend | None = None
    existing: Mapping[str, list[Values]] = field(default_factory=dict)
    provider: str = REHEARSED
    assumed: Mapping[str, list[Values]] = field(default_factory=dict)

    @property
    def project_number(self) -> str:
        """The Google project's number that the environment's variables have; empty where they have none."""
        text = self.variable_file.read_text() if self.variable_file and self.variable_file.is_file() else ""
        found = _PROJECT_NUMBER.search(text)
        return found[1] if found else ""

    @property
    def workspace(self) -> Workspace:
        """Its place in the run directory."""
        kind = "" if self.provider == REHEARSED else f"-{self.provider}"
        return Workspace(self.run_dir.absolute(), f"{self.environment}{kind}", self.name)


def stack_of(
    environment: str,
    stack: str,
    *,
    root: Path | None = None,
    run_dir: Path | None = None,
    variables: Mapping[str, str] | None = None,
) -> Stack:
    """Finds a stack of the project, named `<layer>/<cloud>`.

    Raises:
        ConfigurationError: There is no such stack.
    """
    terraform = (root or Path.cwd()) / "terraform"
    directory = terraform / "stacks" / stack
    if not directory.is_dir():
        known = sorted(
            str(path.relative_to(terraform / "stacks")) for path in (terraform / "stacks").glob("*/*") if path.is_dir()
        )
        raise ConfigurationError(
            f"there is no stack {stack}", where=str(directory), fix=f"choose one of: {', '.join(known) or 'none'}"
        )
    values = terraform / "environments" / f"{environment}.tfvars"
    where = run_dir or Path(os.environ.get("ISTHMUS_RUN_DIR") or Path(".isthmus") / "run")
    below = directory / ASSUMED
    return Stack(
        directory,
        environment,
        stack,
        where,
        values if values.is_file() else None,
        variables or {},
        assumed=read_existing(below) if below.is_file() else {},
    )


def stacks_of(root: Path) -> list[str]:
    """Names of all stacks of the project, as `platform/aws`."""
    folder = root / "terraform" / "stacks"
    return sorted(str(path.relative_to(folder)) for path in folder.glob("*/*") if any(path.glob("*.tf")))


def stack_at(
    directory: Path,
    *,
    run_dir: Path | None = None,
    backend: Backend | None = None,
    existing: Mapping[str, list[Values]] | None = None,
) -> Stack:
    """Takes any folder of Terraform; its rehearsals are kept apart from all others by the folder's path.

    Raises:
        ConfigurationError: There is no Terraform in the folder.
    """
    found = directory.resolve()
    if not any([*found.glob("*.tf"), *found.glob("*.tf.json")]):
        raise ConfigurationError(
            "there is no Terraform here", where=str(found), fix="run in a root module's folder, or name one with --dir"
        )
    digest = hashlib.sha256(str(found).encode()).hexdigest()[:16]
    return Stack(
        found, ANY, f"{found.name}-{digest}", run_dir or rehearsals_dir(), backend=backend, existing=existing or {}
    )


def rehearsals_dir(environ: Mapping[str, str] = os.environ) -> Path:
    """Where rehearsals of folders that are not the project's are kept: ISTHMUS_RUN_DIR, or the user's state folder."""
    if environ.get("ISTHMUS_RUN_DIR"):
        return Path(environ["ISTHMUS_RUN_DIR"])
    states = environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state"
    return Path(states) / "isthmus" / "rehearsals"
