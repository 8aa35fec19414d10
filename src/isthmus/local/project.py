"""Where the project's own files are: Terraform, the catalogue, the function packages."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Mapping
from pathlib import Path

import isthmus
from isthmus.core.errors import ConfigurationError

VARIABLE = "ISTHMUS_PROJECT_DIR"
_LANDMARK = Path("terraform") / "stacks"
PACKAGED = Path(isthmus.__file__).resolve().parent / "_project"
"""The project's files inside an installed package; a clone has none."""


def project_root() -> Path:
    """The folder that holds `terraform/stacks`.

    ISTHMUS_PROJECT_DIR, or the first of: one above the current folder, this source tree, what the package carries.

    Raises:
        ConfigurationError: There is none.
    """
    named = os.environ.get(VARIABLE)
    candidates = [Path(named)] if named else [*_upwards(Path.cwd()), *_upwards(Path(__file__).resolve()), PACKAGED]
    for folder in candidates:
        if (folder / _LANDMARK).is_dir():
            return folder.absolute()
    raise ConfigurationError(
        "the project's Terraform is not here",
        where=named or str(Path.cwd()),
        fix=f"run in a clone of it, or set {VARIABLE}",
    )


def work_dir(environ: Mapping[str, str] = os.environ) -> Path:
    """Where the project's runs and builds go: the project itself, or the user's state folder where it is a package's.

    Raises:
        ConfigurationError: There is no project.
    """
    root = project_root()
    if root != PACKAGED:
        return root
    states = environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state"
    return Path(states) / "isthmus"


def digest_of(paths: Iterable[Path], *texts: str) -> str:
    """Digest of files (folders are walked; names and contents count) and texts."""
    digest = hashlib.sha256()
    for path in paths:
        files = sorted(found for found in path.rglob("*") if found.is_file()) if path.is_dir() else [path]
        for file in files:
            if ".terraform" in file.parts or not file.exists():
                continue
            digest.update(f"{file.name}\0".encode())
            digest.update(hashlib.sha256(file.read_bytes()).digest())
    for text in texts:
        digest.update(text.encode() + b"\0")
    return digest.hexdigest()[:16]


def _upwards(folder: Path) -> list[Path]:
    return [folder, *folder.parents]
