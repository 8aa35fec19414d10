"""Runs that are cut short, and runs side by side: consistent states, and no server or process left."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from isthmus.rehearsal import process as process_of_runs

SLOW = """
resource "aws_sqs_queue" "first" {
  name = "first"
}

resource "terraform_data" "wait" {
  input = aws_sqs_queue.first.arn
  provisioner "local-exec" {
    command = "touch %s; sleep 60"
  }
}
"""


def _started(module: Callable, tmp_path: Path) -> tuple[subprocess.Popen[bytes], int, list[str]]:
    """A slow apply in a process of its own, waiting in its provisioner; also the id of its Terraform."""
    flag = tmp_path / "flag"
    made = module(SLOW % flag)
    command = [sys.executable, "-m", "isthmus.cli", "rehearse", "--dir", str(made.stack.directory), "--"]
    with (tmp_path / "said").open("w") as said:
        process = subprocess.Popen(
            [*command, "apply", "-auto-approve"], stdin=subprocess.DEVNULL, stdout=said, stderr=said
        )
    _wait_for(flag.exists)
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    return process, int(children[0]), command


def _wait_for(condition: Callable[[], bool], seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def _states(command: list[str]) -> str:
    return subprocess.run([*command, "state", "list"], capture_output=True, text=True, check=True).stdout


@pytest.fixture(autouse=True)
def own_run_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keeps the rehearsals of these tests in a folder of their own."""
    monkeypatch.setenv("ISTHMUS_RUN_DIR", str(tmp_path / "r"))


def test_an_interrupt_leaves_a_consistent_state(module: Callable, tmp_path: Path) -> None:
    process, _, command = _started(module, tmp_path)
    listening = _ports(process.pid)
    process.send_signal(signal.SIGINT)
    assert process.wait(20) == 1
    assert listening
    assert not listening & _ports_in_use()
    assert "aws_sqs_queue.first" in _states(command)


def test_a_killed_run_leaves_no_process_no_server_and_a_usable_state(module: Callable, tmp_path: Path) -> None:
    process, terraform, command = _started(module, tmp_path)
    listening = _ports(process.pid)
    process.kill()
    process.wait()
    _wait_for(lambda: not _runs(terraform))
    assert listening
    assert not listening & _ports_in_use()
    assert "aws_sqs_queue.first" in _states(command)
    assert "Two interrupts" not in (tmp_path / "said").read_text()


def test_a_killed_terraform_ends_the_run_and_its_servers(module: Callable, tmp_path: Path) -> None:
    process, terraform, command = _started(module, tmp_path)
    listening = _ports(process.pid)
    os.kill(terraform, signal.SIGKILL)
    assert process.wait(20) != 0
    assert listening
    assert not listening & _ports_in_use()
    assert "aws_sqs_queue.first" in _states(command)


def test_the_servers_are_on_loopback_and_the_runs_own_environment_says_nothing_of_them(
    module: Callable, tmp_path: Path
) -> None:
    process, terraform, _ = _started(module, tmp_path)
    try:
        assert {address for address, _ in _listening(process.pid)} == {"127.0.0.1"}
        assert b"TF_REATTACH_PROVIDERS" not in Path(f"/proc/{process.pid}/environ").read_bytes()
        assert b"TF_REATTACH_PROVIDERS" in Path(f"/proc/{terraform}/environ").read_bytes()
        assert "TF_REATTACH_PROVIDERS" not in os.environ
    finally:
        process.kill()
        process.wait()


def test_a_second_run_in_the_same_folder_waits_or_is_told_of_the_lock(module: Callable, tmp_path: Path) -> None:
    process, _, command = _started(module, tmp_path)
    try:
        words = [*command, "apply", "-auto-approve", "-lock-timeout=0s"]
        second = subprocess.run(words, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)
        assert second.returncode == 1
        assert "Error acquiring the state lock" in second.stdout + second.stderr
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(20)


def test_runs_at_the_same_time_in_two_folders_do_not_meet(tmp_path: Path) -> None:
    processes = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        text = f'resource "aws_sqs_queue" "q" {{\n  name = "{name}"\n  region = "us-east-1"\n}}\n'
        (tmp_path / name / "main.tf").write_text(text)
        command = [sys.executable, "-m", "isthmus.cli", "rehearse", "--dir", str(tmp_path / name), "--"]
        processes.append(subprocess.Popen([*command, "apply", "-auto-approve"], stdout=subprocess.DEVNULL))
    assert [process.wait(60) for process in processes] == [0, 0]
    states = [json.loads(file.read_text()) for file in sorted((tmp_path / "r" / "tfstate").rglob("*.tfstate"))]
    names = [state["resources"][0]["instances"][0]["attributes"]["name"] for state in states]
    assert sorted(names) == ["one", "two"]


RUNS_A_BINARY = """
import sys
from pathlib import Path
from isthmus.rehearsal import process
process.run(["apply"], {"PATH": "/usr/bin:/bin"}, Path())
"""


@contextlib.contextmanager
def _binary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """A runner, and the id of the binary that it runs in Terraform's place."""
    binary = tmp_path / "terraform"
    binary.write_text(f"#!{sys.executable}\nimport os, signal, sys, time\n{text}")
    binary.chmod(0o700)
    monkeypatch.setenv("ISTHMUS_TERRAFORM", str(binary))
    with subprocess.Popen([sys.executable, "-c", RUNS_A_BINARY], stdout=subprocess.PIPE, text=True) as runs:
        assert runs.stdout is not None
        yield runs, int(runs.stdout.readline())


def test_a_binary_that_goes_on_after_its_runner_has_died_is_killed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a call of a backend it doesn't look at SIGTERM."""
    monkeypatch.setenv("ISTHMUS_GRACE_SECONDS", "0.1")
    deaf = "signal.signal(signal.SIGTERM, signal.SIG_IGN)\nprint(os.getpid(), flush=True)\nsignal.pause()\n"
    with _binary(tmp_path, monkeypatch, deaf) as (runs, terraform):
        runs.kill()
        _wait_for(lambda: not _runs(terraform))


def test_a_binary_whose_runner_has_died_is_interrupted_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A second interrupt means "at once, without the state"."""
    told = tmp_path / "told"
    counts = (
        "signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTERM])\nprint(os.getpid(), flush=True)\n"
        "signal.sigwait([signal.SIGTERM])\nsecond = signal.sigtimedwait([signal.SIGTERM], 0.3)\n"
        f"open({str(told)!r}, 'w').write('once' if second is None else 'twice')\n"
    )
    with _binary(tmp_path, monkeypatch, counts) as (runs, terraform):
        runs.kill()
        _wait_for(lambda: not _runs(terraform))
    assert told.read_text() == "once"


def test_a_binary_that_ends_leaves_no_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with _binary(tmp_path, monkeypatch, "print(os.getpid(), flush=True)\n") as (runs, terraform):
        assert runs.wait(20) == 0
        _wait_for(lambda: not _runs(terraform))
        assert str(tmp_path) not in "".join(_commands())


def _commands() -> list[str]:
    return [" ".join(process.info["cmdline"] or []) for process in psutil.process_iter(["cmdline"])]


def test_first_runs_at_the_same_time_in_one_folder_agree_on_the_state(tmp_path: Path) -> None:
    (tmp_path / "main.tf").write_text('resource "aws_sqs_queue" "q" {\n  region = "us-east-1"\n}\n')
    command = [
        sys.executable,
        "-m",
        "isthmus.cli",
        "rehearse",
        "--dir",
        str(tmp_path),
        "--",
        "plan",
        "-lock-timeout=30s",
    ]
    processes = [subprocess.Popen(command, stdout=subprocess.DEVNULL) for _ in range(3)]
    assert [process.wait(60) for process in processes] == [0, 0, 0]


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return " Z " not in Path(f"/proc/{pid}/stat").read_text()


def _listening(pid: int) -> set[tuple[str, int]]:
    connections = psutil.Process(pid).net_connections(kind="tcp")
    return {
        (found.laddr.ip.removeprefix("::ffff:"), found.laddr.port)
        for found in connections
        if found.status == psutil.CONN_LISTEN
    }


def _ports(pid: int) -> set[int]:
    return {port for _, port in _listening(pid)}


def _ports_in_use() -> set[int]:
    connections = psutil.net_connections(kind="tcp")
    return {found.laddr.port for found in connections if found.status == psutil.CONN_LISTEN}


def test_an_interrupt_while_terraform_is_still_loading_ends_it_without_a_traceback(tmp_path: Path) -> None:
    child = Path(process_of_runs.__file__).with_name("child.py")
    # Imports that wait for the interrupt, in the place of those that take a few milliseconds.
    slow = tmp_path / "child.py"
    slow.write_text(child.read_text().replace("import _thread ", "print(flush=True); __import__('time').sleep(60)\n#"))
    with subprocess.Popen(
        [sys.executable, "-I", str(slow), "0"], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as run:
        assert run.stdout is not None
        run.stdout.readline()
        run.send_signal(signal.SIGINT)
        _, said = run.communicate(timeout=20)
    assert (run.returncode, said) == (-signal.SIGINT, b"")
