"""Daemon processes without a supervisor: each is its own session, found again by its id and its start time.

Every process carries two environment variables, `ISTHMUS_PART` and `ISTHMUS_PART_OF` (the run directory). Its children
inherit them, so what a killed part leaves behind (Lambda workers, Cloud Run services) is found and ended too, and
nothing else ever is.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from isthmus.local.rundir import PartRecord

PART_VARIABLE = "ISTHMUS_PART"
PART_OF_VARIABLE = "ISTHMUS_PART_OF"
POLL_SECONDS = 0.02


@dataclass(frozen=True)
class Command:
    """A process to start.

    Attributes:
        argv: Program and arguments.
        environment: What it gets beyond this process's own environment; None removes a variable.
        volatile: Names of variables that may change without a restart being needed.
    """

    argv: Sequence[str]
    environment: Mapping[str, str | None] = field(default_factory=dict)
    volatile: frozenset[str] = frozenset()

    @property
    def fingerprint(self) -> str:
        """Digest of what the process was started with."""
        fixed = {name: value for name, value in self.environment.items() if name not in self.volatile}
        return hashlib.sha256(json.dumps([list(self.argv), fixed], sort_keys=True).encode()).hexdigest()[:16]


def start(command: Command, part: str, part_of: Path, log: Path) -> PartRecord:
    """Starts a process in its own session, its output appended to the log."""
    marks = {PART_VARIABLE: part, PART_OF_VARIABLE: str(part_of)}
    wanted = {**os.environ, **command.environment, **marks}
    environment = {name: value for name, value in wanted.items() if value is not None}
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as output:
        process = subprocess.Popen(
            list(command.argv),
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    # The process outlives this one on purpose: without this, the interpreter warns that it was abandoned.
    process.returncode = 0
    return PartRecord(process.pid, identity(process.pid) or "", command.fingerprint)


def identity(pid: int) -> str | None:
    """What tells a process from a later one with the same id; None when there is no such process."""
    try:
        return _linux_identity(pid) if Path("/proc/self").is_dir() else f"{psutil.Process(pid).create_time():.2f}"
    except (OSError, psutil.Error):
        return None


def alive(record: PartRecord) -> bool:
    """Whether exactly the process of the record still runs (a zombie does not)."""
    _reap(record.pid)
    if identity(record.pid) != record.started:
        return False
    return not _ended(record.pid)


def frozen(record: PartRecord) -> bool:
    """Whether the process is stopped by SIGSTOP."""
    with contextlib.suppress(psutil.Error):
        return alive(record) and psutil.Process(record.pid).status() == psutil.STATUS_STOPPED
    return False


def members(part_of: Path, part: str | None = None) -> list[psutil.Process]:
    """Every running process that a run started, or a part of it, with children and leftovers."""
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error, OSError):
            environ = process.environ()
            belongs = environ.get(PART_OF_VARIABLE) == str(part_of) and process.pid != os.getpid()
            if belongs and part in (None, environ.get(PART_VARIABLE)) and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
    return found


def memory_bytes(found: psutil.Process) -> int:
    """A process's memory: its share of what is shared where the system tells it, else all that is resident."""
    try:
        facts = found.memory_full_info()
        return int(getattr(facts, "pss", 0) or facts.rss)
    except psutil.Error:
        return 0


def terminate(record: PartRecord, deadline_seconds: float) -> bool:
    """Asks a process to end with SIGTERM and waits; after the deadline kills its group.

    Returns:
        Whether it ended by itself.
    """
    if not alive(record):
        return True
    with contextlib.suppress(ProcessLookupError):
        os.kill(record.pid, signal.SIGCONT)
        os.kill(record.pid, signal.SIGTERM)
    if wait_until(lambda: not alive(record), deadline_seconds):
        return True
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(record.pid, signal.SIGKILL)
    wait_until(lambda: not alive(record), deadline_seconds)
    return False


def kill_leftovers(part_of: Path, part: str | None = None, spare: Iterable[int] = ()) -> list[int]:
    """Kills what carries the mark of a run (or of one of its parts) and should not run any more.

    Args:
        spare: Ids of the processes that are wanted, with their groups and all that they started: Cloud Run's
            services have groups of their own.
    """
    wanted = set(spare)
    found = []
    for process in members(part_of, part):
        with contextlib.suppress(psutil.Error, ProcessLookupError):
            if wanted.isdisjoint(_lineage(process)):
                process.kill()
                found.append(process.pid)
    wait_until(lambda: all(_gone(pid) for pid in found), 5.0)
    return found


def _lineage(found: psutil.Process) -> set[int]:
    """The ids of a process, of its group and of all that it descends from."""
    return {found.pid, os.getpgid(found.pid), *(parent.pid for parent in found.parents())}


def send_to_all(part_of: Path, part: str, number: signal.Signals) -> int:
    """Sends a signal to a part and everything it started; returns how many got it."""
    reached = 0
    for process in members(part_of, part):
        with contextlib.suppress(psutil.Error):
            process.send_signal(number)
            reached += 1
    return reached


def wait_until(condition: Callable[[], bool], deadline_seconds: float) -> bool:
    """Polls a condition until it holds; False when it doesn't in time."""
    deadline = time.monotonic() + deadline_seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(POLL_SECONDS)
    return True


def _gone(pid: int) -> bool:
    _reap(pid)
    return _ended(pid)


def _ended(pid: int) -> bool:
    """Whether a process is no more than a zombie, with all its threads.

    A killed process shows as a zombie as soon as its main thread has ended; the others still hold its ports.
    """
    with contextlib.suppress(psutil.Error):
        found = psutil.Process(pid)
        return bool(found.status() == psutil.STATUS_ZOMBIE and found.num_threads() <= 1)
    return True


def _reap(pid: int) -> None:
    """Collects a child that ended; does nothing for a process that another one started."""
    with contextlib.suppress(ChildProcessError, OSError):
        os.waitpid(pid, os.WNOHANG)


def _linux_identity(pid: int) -> str:
    """Boot and start tick: exact, and not moved by the clock being set."""
    started = Path(f"/proc/{pid}/stat").read_bytes().rpartition(b")")[2].split()[19].decode()
    boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    return f"{boot[:8]}:{started}"
