"""State files that a Terraform may be writing, or that a kill has torn: Terraform doesn't write them in one step."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import time
import uuid
from pathlib import Path
from typing import Any, TextIO

EMPTY = {"version": 4, "terraform_version": "1.11.0", "serial": 0, "outputs": {}, "resources": []}
_WRITING_SECONDS = 5.0
"""How long a state may be half written while Terraform holds it; it takes milliseconds."""


def read(file: Path) -> dict[str, Any] | None:
    """What a state file holds, as soon as it holds something whole; None when it never does."""
    deadline = time.monotonic() + _WRITING_SECONDS
    while (found := _parsed(file.read_text(errors="replace"))) is None and time.monotonic() < deadline:
        time.sleep(0.01)
    return found


def is_whole(file: Path) -> bool:
    """Whether a file holds a JSON object."""
    return _parsed(file.read_text(errors="replace")) is not None


def mend(file: Path, lineage: str = "") -> dict[str, Any] | None:
    """Takes Terraform's backup, or an empty state, where a kill has torn a state file.

    A file that a Terraform holds is left alone: it is at work on it.

    Args:
        file: The state file; it exists.
        lineage: The lineage of an empty one; a new one if not given.

    Returns:
        What the file holds; None while it is held and half written.
    """
    # The lock is only taken when there is something to mend, or a Terraform that starts now would not get it.
    return _parsed(file.read_text(errors="replace")) or _restored(file, lineage)


def write_atomically(path: Path, text: str) -> None:
    """Writes a file so that a kill leaves the old content or the new."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        temporary.write_text(text)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def _restored(file: Path, lineage: str) -> dict[str, Any] | None:
    with file.open("r+", errors="replace") as handle, contextlib.suppress(BlockingIOError):
        # Terraform's own lock, held to the end: none begins between the look and the mending.
        fcntl.lockf(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return _parsed(handle.read()) or _overwritten(handle, file, lineage)
    return None


def _overwritten(handle: TextIO, file: Path, lineage: str) -> dict[str, Any]:
    backup = file.with_name(f"{file.name}.backup")
    kept = _parsed(backup.read_text(errors="replace")) if backup.is_file() else None
    state = kept or {**EMPTY, "lineage": lineage or str(uuid.uuid4())}
    # In place: another file of that name would be without the lock.
    handle.seek(0)
    handle.write(json.dumps(state, indent=2))
    handle.truncate()
    return state


def _parsed(text: str) -> dict[str, Any] | None:
    with contextlib.suppress(ValueError):
        state = json.loads(text)
        return state if isinstance(state, dict) and state else None
    return None
