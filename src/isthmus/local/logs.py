"""Reading the parts' logs."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterator, Mapping
from pathlib import Path

from isthmus.core.errors import ConfigurationError
from isthmus.local.errors import NotUp
from isthmus.local.rundir import RunDirectory

POLL_SECONDS = 0.1


def log_files(run: RunDirectory, part: str | None = None) -> dict[str, Path]:
    """The log file of a part, or of every one that has logged.

    Raises:
        NotUp: Nothing was ever started here.
        ConfigurationError: No such part has logged.
    """
    found = {path.stem: path for path in sorted((run.root / "logs").glob("*.log"))}
    if not found:
        raise NotUp("there are no logs: nothing was started here yet", where=str(run.root))
    if part is not None and part not in found:
        raise ConfigurationError(f"there is no log of “{part}”", fix=f"name one of: {', '.join(found)}")
    return {part: found[part]} if part else found


def last_lines(files: Mapping[str, Path], count: int) -> Iterator[tuple[str, str]]:
    """The last lines of each file, with the file's name."""
    for name, path in files.items():
        with path.open(errors="replace") as handle:
            for line in deque(handle, maxlen=count):
                yield name, line.rstrip("\n")


def follow(files: Mapping[str, Path]) -> Iterator[tuple[str, str]]:
    """What is added to the files from now on, without end; a file that is replaced is read from its start."""
    offsets = {name: path.stat().st_size for name, path in files.items()}
    while True:
        for name, path in files.items():
            size = path.stat().st_size if path.exists() else 0
            if size < offsets[name]:
                offsets[name] = 0
            if size > offsets[name]:
                with path.open("rb") as handle:
                    handle.seek(offsets[name])
                    added = handle.read(size - offsets[name])
                whole = added.rfind(b"\n") + 1
                offsets[name] += whole
                for line in added[:whole].decode(errors="replace").splitlines():
                    yield name, line
        time.sleep(POLL_SECONDS)
