"""`isthmus logs`."""

from __future__ import annotations

from typing import Annotated

import typer


def logs(
    part: Annotated[
        str | None, typer.Argument(help="proxy, aws, gcp or another log's name; all of them if left out.")
    ] = None,
    follow: Annotated[bool, typer.Option("-f", "--follow", help="Go on printing what is added, until Ctrl-C.")] = False,
    lines: Annotated[int, typer.Option("-n", "--lines", min=0, help="How many lines of the end.")] = 50,
) -> None:
    """Print the end of the logs of the parts.

    \b
    Example:
      isthmus logs
      isthmus logs aws -f
    """
    from isthmus.local.logs import follow as go_on
    from isthmus.local.logs import last_lines, log_files
    from isthmus.local.rundir import RunDirectory

    files = log_files(RunDirectory.current(), part)
    many = len(files) > 1
    for name, line in last_lines(files, lines):
        typer.echo(f"{name}: {line}" if many else line)
    if follow:
        for name, line in go_on(files):
            typer.echo(f"{name}: {line}" if many else line)
