"""The Terraform states of the edge stacks, read again when they have changed."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

from isthmus.local.dns import wanted
from isthmus.local.rundir import RunDirectory

CLOUDS = ("aws", "gcp")
State = dict[str, Any]


class Watched:
    """The states of one run's edge.

    Args:
        run: The run.
    """

    def __init__(self, run: RunDirectory) -> None:
        self._run = run
        self._seen: object = None

    async def changed(self) -> dict[str, State] | None:
        """Both states where anything has changed since the last call, else None."""
        seen = self._marks()
        if seen == self._seen:
            return None
        # A bucket is asked over the network, which must not hold up an answer.
        states = await asyncio.to_thread(read, self._run)
        self._seen = seen
        return states

    def _marks(self) -> list[tuple[int, int]]:
        """What tells that a file is another: the edge's record is written after each apply, wherever states are."""
        files = [self._run.record_file, wanted.path(self._run), *(_file(self._run, cloud) for cloud in CLOUDS)]
        return [_mark(file) for file in files]


def read(run: RunDirectory) -> dict[str, State]:
    """The state of each cloud's edge, empty where there is none."""
    if run.read().remote_state:
        # Only then: the rehearsal and the SDKs take as much memory as the whole control process.
        from isthmus.local import stacks
        from isthmus.rehearsal import runner

        context = stacks.context_of(run)
        found = {cloud: stacks.stack_in(run, wanted.ENVIRONMENT, f"{stacks.EDGE}/{cloud}") for cloud in CLOUDS}
        return {cloud: runner.state(stack, context) or {} for cloud, stack in found.items()}
    from isthmus.rehearsal import state_file

    files = {cloud: _file(run, cloud) for cloud in CLOUDS}
    return {cloud: (state_file.read(file) if file.exists() else None) or {} for cloud, file in files.items()}


def _file(run: RunDirectory, cloud: str) -> Path:
    return run.root / "tfstate" / wanted.ENVIRONMENT / "edge" / f"{cloud}.tfstate"


def _mark(file: Path) -> tuple[int, int]:
    try:
        found = file.stat()
    except FileNotFoundError:
        return (0, 0)
    return (found.st_mtime_ns, found.st_ino)
