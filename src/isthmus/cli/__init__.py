"""The command line: Typer commands, and nothing else. What they do is in the packages that they call."""

from __future__ import annotations


def main() -> int:
    """The installed script `isthmus`: runs the command line and returns its exit code."""
    try:
        from isthmus.cli.entry import main as run

        return run()
    except KeyboardInterrupt:
        # While the program was still loading; 128 + SIGINT, as `exits` has it, which may not be there yet.
        return 130
