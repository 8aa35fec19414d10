"""Starts and stops single parts: again on another port when theirs was taken, and never twice."""

from __future__ import annotations

import shutil
import signal
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from isthmus.local import ports, process
from isthmus.local.errors import PartFailed
from isthmus.local.parts import CLOUDS, PARTS, Part, ready_line
from isthmus.local.rundir import RunDirectory, RunRecord

TRIES = 3
LOG_BYTES_MAX = 20 * 1024 * 1024
LOG_TAIL_LINES = 12
_PORT_TAKEN = ("address already in use", "is already in use", "eaddrinuse")
Say = Callable[[str], None]


class Supervisor:
    """What one command does with the parts of a run; it holds the run's lock while it exists.

    Several threads may use it: parts don't wait for each other, the record is written by one at a time.
    """

    def __init__(self, run: RunDirectory, say: Say = lambda text: None) -> None:
        self.run = run
        self.say = say
        self._mutex = threading.Lock()

    @property
    def record(self) -> RunRecord:
        """The record as it is now."""
        return self.run.read()

    def change(self, change: Callable[[RunRecord], dict[str, Any]]) -> RunRecord:
        """Updates the record with what the function makes of it."""
        with self._mutex:
            return self.run.update(**change(self.run.read()))

    def ensure(self, name: str) -> bool:
        """Makes a part run and answer; returns whether it had to be started.

        Raises:
            PartFailed: It does not get ready; the error shows the end of its log.
        """
        part = PARTS[name]
        if self._runs_well(part):
            return False
        self.stop(name)
        output = ""
        for attempt in range(TRIES):
            printed = self._start(part, fresh_ports=attempt > 0)
            if printed is None:
                return True
            output = printed
            if not any(words in output.lower() for words in _PORT_TAKEN):
                break
            self.say(f"{name}: its port was taken by another program, trying another")
        raise PartFailed(
            f"{part.says} did not start" + _quoted(output),
            where=str(self.run.log(name)),
            fix="read the log, then try again",
        )

    def stop(self, name: str) -> bool:
        """Ends a part and all that it started; returns whether it ended by itself, so with its state saved."""
        part, record = PARTS[name], self.record.parts.get(name)
        process.send_to_all(self.run.root, name, signal.SIGCONT)
        gently = process.terminate(record, part.stop_seconds) if record else True
        if not gently:
            if name in CLOUDS:
                self.change(lambda now: {"unsaved": tuple(sorted({*now.unsaved, name}))})
            self.say(f"{name}: did not end within {part.stop_seconds:g} s of SIGTERM and was killed")
        process.kill_leftovers(self.run.root, name)
        if record:
            self.change(lambda now: {"parts": {key: value for key, value in now.parts.items() if key != name}})
        return gently

    def _runs_well(self, part: Part) -> bool:
        """Whether the part runs as it would be started now, and answers (after it was thawed, if it was frozen)."""
        now = self.record
        recorded = now.parts.get(part.name)
        if recorded is None or not process.alive(recorded):
            return False
        process.send_to_all(self.run.root, part.name, signal.SIGCONT)
        if any(name not in now.ports for name in part.ports):
            return False
        if part.command(self.run, now).fingerprint != recorded.fingerprint:
            return False
        return process.wait_until(lambda: part.answers(now), 3.0)

    def _start(self, part: Part, fresh_ports: bool) -> str | None:
        """Starts a part once. Returns None when it is ready, else what it printed."""
        chosen = ports.choose({} if fresh_ports else dict(self.record.ports), list(part.ports))
        now = self.change(lambda record: {"ports": {**record.ports, **chosen}})
        self._prepare(part)
        part.prepare(self.run, now)
        log = self._log(part)
        offset = log.stat().st_size if log.exists() else 0
        started = process.start(part.command(self.run, now), part.name, self.run.root, log)
        self.change(lambda record: {"parts": {**record.parts, part.name: started}})
        process.wait_until(
            lambda: not process.alive(started) or part.ready(now, _since(log, offset)), part.start_seconds
        )
        output = _since(log, offset)
        if process.alive(started) and part.ready(now, output):
            found = ready_line(output).get("ports", {})
            self.change(lambda record: {"ports": {**record.ports, **found}})
            return None
        self.stop(part.name)
        return output

    def _prepare(self, part: Part) -> None:
        scratch = self.run.scratch(part.name)
        shutil.rmtree(scratch, ignore_errors=True)
        for folder in (scratch, self.run.data(part.name)):
            folder.mkdir(parents=True, exist_ok=True)
        log = self._log(part)
        if log.exists() and log.stat().st_size > LOG_BYTES_MAX:
            log.replace(log.with_suffix(".log.1"))

    def _log(self, part: Part) -> Path:
        return self.run.log(part.name)


def _since(log: Path, offset: int) -> str:
    try:
        with log.open("rb") as handle:
            handle.seek(offset)
            return handle.read().decode(errors="replace")
    except FileNotFoundError:
        return ""


def _quoted(output: str) -> str:
    lines = [f"  | {line}" for line in output.strip().splitlines()[-LOG_TAIL_LINES:]]
    return "\n" + "\n".join(lines) if lines else " and printed nothing"
