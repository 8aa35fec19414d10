"""`isthmus compact`."""

from __future__ import annotations

from typing import Annotated

import typer

from isthmus.cli.output import JSON, print_json, print_table, progress


def compact(
    types: Annotated[
        list[str] | None, typer.Option("--type", help="Only events of this type; again for more. All when left out.")
    ] = None,
    closed: Annotated[bool, typer.Option("--closed", help="Leave today out (UTC): it would be written again.")] = False,
    json: Annotated[bool, JSON] = False,
) -> None:
    """Write each type's days as Parquet to both archives: one row an event, sorted, with the catalogue's columns.

    Only what has come since, or what the catalogue changed, is written. Nothing is deleted, readers never see a half,
    and a run that was cut off is made good by the next one. Exit code 1 when something could not be compacted.

    \b
    Example:
      isthmus compact
      isthmus compact --type com.example.flight.departed --closed
    """
    from isthmus.local.compaction import compact_run
    from isthmus.local.rundir import RunDirectory

    done = compact_run(RunDirectory.current(), types=types or (), closed=closed, say=progress())
    for cloud, reason in done.out.items():
        typer.echo(f"warning: {cloud} did not answer; the next run makes it good: {reason}", err=True)
    for problem in done.problems:
        typer.echo(f"warning: {problem}", err=True)
    if json:
        print_json(done)
    else:
        rows = [(one.day.type, one.day.date, list(one.clouds), one.frames, one.size) for one in done.written]
        print_table(("type", "date", "written to", "frames", "bytes"), rows, "Compacted")
        typer.echo(f"{done.current} days were as they should be", err=True)
    if done.problems:
        raise typer.Exit(1)
