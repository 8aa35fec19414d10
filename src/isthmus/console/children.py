"""Errands in processes of their own: what needs the clouds' SDKs or may be interrupted does not run in the console.

A child prints one JSON object a line: `{"say": …}` as it goes, at the end `{"result": …}` or `{"error": …}`.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from isthmus.core.errors import Refused
from isthmus.local.rundir import RunDirectory

LINE_BYTES_MAX = 16 * 1024 * 1024
STOP_SECONDS = 30.0
"""How long an errand that is told to stop may take to heal and flush."""

Say = Callable[[Any], None]


@dataclass
class Errand:
    """One errand on its way.

    Attributes:
        name: Which.
        process: What runs it.
    """

    name: str
    process: asyncio.subprocess.Process

    def interrupt(self) -> None:
        """Asks it to end as Ctrl-C would."""
        with contextlib.suppress(ProcessLookupError):
            self.process.send_signal(signal.SIGINT)


@dataclass
class Children:
    """Runs errands for a run, each kind once at a time."""

    run: RunDirectory
    _open: dict[str, Errand | None] = field(default_factory=dict)

    def is_open(self, name: str) -> bool:
        """Whether such an errand is on its way."""
        return name in self._open

    def interrupt(self, name: str) -> bool:
        """Asks an errand to end; False where there is none yet."""
        errand = self._open.get(name)
        if errand:
            errand.interrupt()
        return errand is not None

    async def send(self, name: str, *arguments: str, say: Say = lambda _: None) -> Any:
        """Runs an errand to its end and returns its result.

        Raises:
            Refused: One of that name is on its way, or it failed; with what it said.
        """
        if name in self._open:
            raise Refused(f"“{name}” is on its way already", fix="wait for it to end")
        # Taken before the first await: two requests at once are not two errands.
        self._open[name] = errand = None
        try:
            self._open[name] = errand = Errand(name, await self._start(name, arguments))
            return await _listen(errand, say)
        finally:
            # Open until it has ended: it may still heal or flush.
            if errand:
                await _end(errand)
            del self._open[name]

    async def close(self) -> None:
        """Ends all of them, each as far as it can heal and flush."""
        found = [errand for errand in self._open.values() if errand]
        for errand in found:
            errand.interrupt()
        await asyncio.gather(*map(_end, found))

    async def _start(self, name: str, arguments: tuple[str, ...]) -> asyncio.subprocess.Process:
        return await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "isthmus.console.errands",
            str(self.run.root),
            name,
            *arguments,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            limit=LINE_BYTES_MAX,
        )


async def _listen(errand: Errand, say: Say) -> Any:
    assert errand.process.stdout  # noqa: S101 - it was asked for
    async for line in errand.process.stdout:
        try:
            told = json.loads(line)
        except ValueError:
            continue  # A library's own word; the log has it.
        if not isinstance(told, dict):
            continue
        if "say" in told:
            say(told["say"])
        elif "result" in told:
            return told["result"]
        elif "error" in told:
            raise Refused(told["error"]["what"], where=told["error"]["where"], fix=told["error"]["fix"])
    raise Refused(f"“{errand.name}” ended without a result", fix="see `isthmus logs` and the console's log")


async def _end(errand: Errand) -> None:
    try:
        await asyncio.wait_for(errand.process.wait(), STOP_SECONDS)
    except TimeoutError:
        errand.process.kill()
        await errand.process.wait()
