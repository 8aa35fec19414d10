"""`isthmus status`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from isthmus.cli import exits
from isthmus.cli.output import JSON, mebibytes, print_json, print_table

if TYPE_CHECKING:
    from isthmus.local.state import PartState, RunState

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
        (part.name, part.says, part.state, part.pid, mebibytes(part.memory_bytes) if part.pid else "", _where(part))
        for part in state.parts
    ]
    print_table(("part", "what it is", "state", "pid", "memory", "endpoint"), rows, title=state.directory)
    running = {part.name for part in state.parts if part.state == "up"}
    for cloud, address in state.ingests.items():
        if {cloud, "proxy"} <= running:
            typer.echo(f"ingest on {cloud}: {address}/v1/events")
    broken = {link: tuple(dict.fromkeys(found)) for link, found in state.broken.items()}
    for faults in sorted(set(broken.values())):
        links = [link for link, found in broken.items() if found == faults]
        typer.echo(f"broken ({', '.join(faults)}): {', '.join(links)}; `isthmus heal` mends it")
    if state.level != "up":
        typer.echo("`isthmus up` starts what does not run")


def _where(part: PartState) -> str:
    """Where a part answers; its gRPC and its DNS, which have no URL, as clients are told them."""
    return ", ".join(
        _how(name) + url.removeprefix("http://" if _how(name) else "") for name, url in part.endpoints.items()
    )


def _how(name: str) -> str:
    if name.endswith(".pubsub"):
        return "gRPC "
    return f"DNS of {name.rpartition('.')[2]} " if ".dns." in name else ""
