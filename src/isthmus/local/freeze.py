"""A frozen inside: SIGSTOP to a part and everything that it started, which no proxy can imitate."""

from __future__ import annotations

import signal

from isthmus.core.errors import ConfigurationError
from isthmus.local import process
from isthmus.local.errors import NotUp
from isthmus.local.parts import PARTS
from isthmus.local.rundir import RunDirectory


def freeze(run: RunDirectory, part: str) -> int:
    """Stops a part where it stands, its Lambda workers or services too; connections stay open and nothing answers.

    Returns:
        How many processes were stopped.
    """
    return _signal(run, part, signal.SIGSTOP)


def thaw(run: RunDirectory, part: str) -> int:
    """Lets a frozen part go on; harmless where it isn't frozen. Returns how many processes were told."""
    return _signal(run, part, signal.SIGCONT)


def _signal(run: RunDirectory, part: str, number: signal.Signals) -> int:
    if part not in PARTS:
        raise ConfigurationError(f"there is no part “{part}”", fix=f"name one of: {', '.join(PARTS)}")
    record = run.read().parts.get(part)
    if record is None or not process.alive(record):
        raise NotUp(f"{part} does not run")
    return process.send_to_all(run.root, part, number)
