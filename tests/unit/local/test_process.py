"""Processes are started once, ended gently, and never taken for another one."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from isthmus.local import process
from isthmus.local.process import Command
from isthmus.local.rundir import PartRecord, RunDirectory

SLEEPER = "import time; print('awake', flush=True); time.sleep(60)"
STUBBORN = "import signal, time; signal.signal(15, signal.SIG_IGN); print('awake', flush=True); time.sleep(60)"
MAIN_THREAD_ENDS = (
    "import ctypes, threading, time; threading.Thread(target=time.sleep, args=(60,)).start();"
    " print('awake', flush=True); ctypes.CDLL(None).pthread_exit(None)"
)
PARENT = (
    "import subprocess, sys, time; subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'],"
    " start_new_session=True); print('awake', flush=True); time.sleep(60)"
)


def start(run: RunDirectory, program: str, part: str = "test") -> PartRecord:
    """Starts a Python program as a part and waits until it says something."""
    log = run.log(part)
    record = process.start(Command((sys.executable, "-c", program)), part, run.root, log)
    assert process.wait_until(lambda: "awake" in log.read_text(), 5)
    return record


def test_a_started_process_is_alive_and_a_session_of_its_own(run: RunDirectory) -> None:
    record = start(run, SLEEPER)
    assert process.alive(record)
    assert os.getsid(record.pid) == record.pid


def test_sigterm_ends_a_process_and_its_end_is_waited_for(run: RunDirectory) -> None:
    record = start(run, SLEEPER)
    assert process.terminate(record, 5)
    assert not process.alive(record)


def test_a_process_that_ignores_sigterm_is_killed_after_the_deadline_and_that_is_told(run: RunDirectory) -> None:
    record = start(run, STUBBORN)
    assert not process.terminate(record, 0.3)
    assert not process.alive(record)


def test_a_process_whose_main_thread_has_ended_is_alive_while_another_holds_its_ports(run: RunDirectory) -> None:
    record = start(run, MAIN_THREAD_ENDS)
    assert process.wait_until(lambda: psutil.Process(record.pid).status() == psutil.STATUS_ZOMBIE, 5)
    assert process.alive(record)
    assert process.terminate(record, 5)
    assert not process.alive(record)


def test_a_frozen_process_can_be_ended(run: RunDirectory) -> None:
    record = start(run, SLEEPER)
    os.kill(record.pid, signal.SIGSTOP)
    assert process.wait_until(lambda: process.frozen(record), 5)
    assert process.terminate(record, 5)


def test_a_recycled_process_id_is_never_touched(run: RunDirectory) -> None:
    """The record of a process that ended, whose id another process has by now."""
    stranger = start(run, SLEEPER)
    stale = replace(stranger, started="an earlier boot:1")
    assert not process.alive(stale)
    assert process.terminate(stale, 0.2)
    assert process.alive(stranger)


def test_a_process_that_is_no_more_has_no_identity() -> None:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    assert process.identity(ended.pid) is None


def test_what_a_killed_part_leaves_behind_is_found_and_ended(run: RunDirectory) -> None:
    record = start(run, PARENT)
    assert process.wait_until(lambda: len(process.members(run.root, "test")) == 2, 5)
    os.kill(record.pid, signal.SIGKILL)
    assert process.wait_until(lambda: not process.alive(record), 5)
    assert len(process.kill_leftovers(run.root)) == 1
    assert process.members(run.root) == []


def test_leftovers_of_another_run_are_left_alone(run: RunDirectory, tmp_path: Path) -> None:
    record = start(run, SLEEPER)
    assert process.kill_leftovers(tmp_path / "other") == []
    assert process.kill_leftovers(run.root, spare=[record.pid]) == []
    assert process.alive(record)


def test_what_a_wanted_part_started_is_no_leftover_even_in_a_group_of_its_own(run: RunDirectory) -> None:
    record = start(run, PARENT)
    assert process.wait_until(lambda: len(process.members(run.root, "test")) == 2, 5)
    assert process.kill_leftovers(run.root, spare=[record.pid]) == []
    assert len(process.members(run.root, "test")) == 2


def test_a_signal_reaches_a_part_and_all_that_it_started(run: RunDirectory) -> None:
    start(run, PARENT)
    assert process.wait_until(lambda: len(process.members(run.root, "test")) == 2, 5)
    assert process.send_to_all(run.root, "test", signal.SIGSTOP) == 2

    def states() -> set[str]:
        return {found.status() for found in process.members(run.root, "test")}

    assert process.wait_until(lambda: states() == {psutil.STATUS_STOPPED}, 5), states()


@pytest.mark.parametrize("change", [{"argv": ("other",)}, {"environment": {"A": "2"}}])
def test_another_command_or_environment_is_another_fingerprint(change: dict[str, object]) -> None:
    command = Command(("one",), {"A": "1", "SECRET": "x"}, frozenset({"SECRET"}))
    assert replace(command, **change).fingerprint != command.fingerprint
    assert replace(command, environment={"A": "1", "SECRET": "y"}).fingerprint == command.fingerprint
