"""A data directory belongs to one server at a time."""

from __future__ import annotations

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path

from isthmus.core.errors import ConfigurationError


@contextlib.contextmanager
def claim(directory: Path) -> Iterator[None]:
    """Makes a directory and holds it while the block lasts; the kernel lets go of it however the process ends.

    Raises:
        ConfigurationError: when it can't be made or written, or another server has it.
    """
    where, fix = str(directory), "Name another directory with --data-dir."
    try:
        directory.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(directory / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise ConfigurationError(f"the data directory can't be used: {error.strerror}", where=where, fix=fix) from None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(descriptor)
        what = "another local Google Cloud uses the data directory"
        raise ConfigurationError(what, where=where, fix=f"Stop it first. {fix}") from None
    try:
        yield
    finally:
        os.close(descriptor)
