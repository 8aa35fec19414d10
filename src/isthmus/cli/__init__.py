"""The command line: Typer commands, and nothing else. What they do is in the packages that they call."""

from __future__ import annotations


def main() -> int:
    """The installed script `isthmus`: runs the command line and returns its exit code."""
    from isthmus.cli.entry import main as run

    return run()
