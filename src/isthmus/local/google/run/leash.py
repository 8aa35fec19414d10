"""Runs a command that dies with the process that started it: `python leash.py PARENT_PID COMMAND…`.

A program of its own, because code between fork and exec in a process with gRPC's threads can deadlock.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1


def main(parent: int, command: list[str]) -> None:
    """Becomes the command; returns only when the parent is gone already."""
    if sys.platform.startswith("linux"):
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    # The parent may have died before the kernel was asked to tell.
    if os.getppid() == parent:
        os.execvp(command[0], command)  # noqa: S606 - the command is the server's own


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2:])
