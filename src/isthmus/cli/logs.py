"""`isthmus logs`."""

from __future__ import annotations

from typing import Annotated

import typer


def logs(
    part: Annotated[
        str | None, typer.Argument(help="proxy, aws, gcp, or a function as aws.ingest; all of them if left out.")
    ] = None,
    follow: Annotated[bool, typer.Option("-f", "--follow", help="Go on printing what is added, until Ctrl-C.")] = False,
    lines: Annotated[int, typer.Option("-n", "--lines", min=0, help="How many lines of the end of each.")] = 20,
) -> None:
    """Print the end of the logs of the parts and of the functions that they run.

    \b
    Example:
      isthmus logs
      isthmus logs gcp.ingest -n 100
      isthmus logs aws.archive -f
    """
    from isthmus.local.logs import follow as go_on
    from isthmus.local.logs import logs as find
    from isthmus.local.rundir import RunDirectory

    found = find(RunDirectory.current(), part)
    many = part is None
    for name, log in found.items():
        for line in log.last(lines):
            typer.echo(f"{name}: {line}" if many else line)
    if follow:
        for name, line in go_on(found):
            typer.echo(f"{name}: {line}" if many else line)
