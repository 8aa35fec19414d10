"""`isthmus status`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from isthmus.cli import exits
from isthmus.cli.output import JSON, mebibytes, print_json, print_table

if TYPE_CHECKING:
    from isthmus.local.state import RunState

_CODES = {"up": exits.OK, "partial": exits.PARTLY_UP, "down": exits.NOT_UP}


def status(json: Annotated[bool, JSON] = False) -> None:
    """Show what runs where, and which links are broken. Exit code 0: all up, 3: nothing, 4: some of it.

    \b
    Example:
      isthmus status
      isthmus status --json | jq .broken
    """
    from isthmus.local.rundir import RunDirectory
    from isthmus.local.state import look

    state = look(RunDirectory.current())
    if json:
        print_json({"level": state.level, **state.__dict__})
    else:
        print_state(state)
    raise typer.Exit(_CODES[state.level])


def print_state(state: RunState) -> None:
    """Prints parts, ingests and broken links for people."""
    rows = [
        (part.name, part.state, part.pid, mebibytes(part.memory_bytes) if part.pid else "", where)
        for part in state.parts
        for where in [", ".join(part.endpoints.values())]
    ]
    print_table(("part", "state", "pid", "memory", "endpoint"), rows, title=state.directory)
    for cloud, address in state.ingests.items():
        typer.echo(f"ingest on {cloud}: {address}/v1/events")
    for link, faults in state.broken.items():
        typer.echo(f"broken: {link} ({', '.join(faults)}); `isthmus heal` repairs it")
