"""`isthmus console`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from isthmus.cli.output import JSON, print_json

if TYPE_CHECKING:
    from isthmus.local.rundir import RunDirectory


def console(json: Annotated[bool, JSON] = False) -> None:
    """Print the address of this run's web page, with the key that opens it.

    \b
    Example:
      isthmus console
      isthmus console --json | jq -r .console
    """
    from isthmus.local.errors import NotUp
    from isthmus.local.rundir import RunDirectory

    run = RunDirectory.current()
    page = address(run)
    if page is None:
        raise NotUp("the console does not run", where=str(run.root), fix="start it with `isthmus up`")
    if json:
        print_json({"console": page})
        return
    typer.echo(page)


def address(run: RunDirectory) -> str | None:
    """The console's address with its key; None where it doesn't run."""
    from isthmus.local import process
    from isthmus.local.endpoints import url

    record = run.read()
    part = record.parts.get("console")
    if part is None or not process.alive(part):
        return None
    return f"{url(record.ports['console.http'])}/?token={record.console_token}"
