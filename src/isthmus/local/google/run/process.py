"""Keeps the process of a service running: starts it, waits for its probe, starts it again when it dies."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import psutil

from isthmus.core.errors import IsthmusError
from isthmus.local.google.run.command import Launch

STARTUP_SECONDS = 20.0
_RESUME_SECONDS = 10.0
_GRACE_SECONDS = 5.0
_FIRST_BACKOFF_SECONDS, _LAST_BACKOFF_SECONDS = 0.2, 5.0
_LEASH = str(Path(__file__).with_name("leash.py"))

Started = Callable[[int, float], Awaitable[None]]
"""Called with the process id and start time of every process, so that a later server can find it."""


class NotReady(IsthmusError):
    """The process ended, or did not answer its probe in time; the text says which."""


class Keeper:
    """Runs one process of a service, and another one whenever it dies.

    Args:
        launch: What to run.
        started: Told of every process before anything waits for it.
    """

    def __init__(self, launch: Launch, started: Started) -> None:
        self.launch = launch
        self._started = started
        self._process: asyncio.subprocess.Process | None = None
        self._watch: asyncio.Task[None] | None = None
        self._spawning = asyncio.Lock()

    async def start(self) -> None:
        """Starts the process and waits until it answers.

        Raises:
            NotReady: it ended or did not answer within 20 seconds; it is stopped then.
        """
        try:
            await self._spawn()
            await self._until_ready(STARTUP_SECONDS)
        except BaseException:
            await self.stop()
            raise
        self._watch = asyncio.create_task(self._keep())

    async def resume(self) -> None:
        """Starts a process that was ready before; one that fails is tried again in the background."""
        await self._spawn()
        self._watch = asyncio.create_task(self._keep())
        with contextlib.suppress(NotReady):
            await self._until_ready(_RESUME_SECONDS)

    async def stop(self) -> None:
        """Ends the process: SIGTERM, then SIGKILL to all that it left in its group."""
        if self._watch is not None:
            # Not in the middle of a start: a process that nobody knows would be left.
            async with self._spawning:
                self._watch.cancel()
            await asyncio.gather(self._watch, return_exceptions=True)
            self._watch = None
        process, self._process = self._process, None
        if process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            process.terminate()
        with contextlib.suppress(asyncio.TimeoutError):
            await asyncio.wait_for(process.wait(), _GRACE_SECONDS)
        _kill_group(process.pid)
        await process.wait()

    async def _spawn(self) -> None:
        launch = self.launch
        leash = (sys.executable, "-I", "-S", _LEASH, str(os.getpid()))
        with launch.log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                *leash,
                *launch.command,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=dict(launch.environment),
                start_new_session=True,
            )
        await self._started(self._process.pid, start_time(self._process.pid))

    async def _until_ready(self, seconds: float) -> None:
        process = self._process
        deadline = time.monotonic() + seconds
        while process is not None and time.monotonic() < deadline:
            if process.returncode is not None:
                raise NotReady(f"The container exited with {_ending(process.returncode)}.")
            if await self.launch.probe.answers(self.launch.port):
                return
            await asyncio.sleep(0.03)
        raise NotReady(
            "The user-provided container failed to start and listen on the port defined provided by the "
            f"PORT={self.launch.port} environment variable within the allocated timeout."
        )

    async def _keep(self) -> None:
        backoff = _FIRST_BACKOFF_SECONDS
        while self._process is not None:
            begun = time.monotonic()
            await self._process.wait()
            # What the dead process started must not hold the port.
            _kill_group(self._process.pid)
            if time.monotonic() - begun > 2 * _LAST_BACKOFF_SECONDS:
                backoff = _FIRST_BACKOFF_SECONDS
            await asyncio.sleep(backoff)
            backoff = min(2 * backoff, _LAST_BACKOFF_SECONDS)
            async with self._spawning:
                await self._spawn()


def start_time(pid: int) -> float:
    """When a process began, as a time stamp; 0 when it is gone."""
    try:
        return float(psutil.Process(pid).create_time())
    except psutil.Error:
        return 0.0


def reap(pid: int, started: float) -> None:
    """Kills a process of an earlier server if it still is that process, and waits until it is gone."""
    with contextlib.suppress(psutil.Error):
        process = psutil.Process(pid)
        # The same id may be somebody else's by now; the start time tells, give or take the clock.
        if abs(process.create_time() - started) > 1.0:
            return
        _kill_group(pid)
        deadline = time.monotonic() + 5
        while process.status() != psutil.STATUS_ZOMBIE and time.monotonic() < deadline:
            time.sleep(0.01)


def _kill_group(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)


def _ending(code: int) -> str:
    return f"signal {-code}" if code < 0 else f"exit code {code}"
