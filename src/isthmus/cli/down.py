"""`isthmus down`."""

from __future__ import annotations

from typing import Annotated

import typer

from isthmus.cli.output import JSON, print_json, progress


def down(
    purge: Annotated[
        bool, typer.Option("--purge", help="Remove the data too: archives, queues, Terraform state, key.")
    ] = False,
    json: Annotated[bool, JSON] = False,
) -> None:
    """Stop both clouds, waiting until they have saved their data, which the next `up` brings back.

    \b
    Example:
      isthmus down
      isthmus down --purge
    """
    from isthmus.local.lifecycle import down as take_down
    from isthmus.local.rundir import RunDirectory

    run = RunDirectory.current()
    stopped = take_down(run, purge=purge, say=progress())
    if json:
        print_json({"stopped": stopped, "purged": purge})
        return
    typer.echo(f"stopped: {', '.join(stopped)}" if stopped else "nothing ran")
    if purge:
        typer.echo(f"removed what was in {run.root}")
