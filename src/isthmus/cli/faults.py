"""`isthmus break` and `isthmus heal`."""

from __future__ import annotations

from typing import Annotated

import typer

from isthmus.cli.output import JSON, print_json

_HOW = (
    "refuse | hang | delay=200ms | reset[=64KiB] | throttle=100KB/s; "
    "`:up` or `:down` at the end for one direction; again for more."
)


def break_(
    target: Annotated[str, typer.Argument(help="aws or gcp (all links of the cloud), or the name of one link.")],
    how: Annotated[list[str], typer.Option("--how", help=_HOW)] = ["refuse"],  # noqa: B006 (Typer copies it)
    json: Annotated[bool, JSON] = False,
) -> None:
    """Cut a cloud off, or make its links bad, until `isthmus heal`. Connections that are open feel it too.

    \b
    Example:
      isthmus break aws
      isthmus break gcp --how delay=300ms --how throttle=200KB/s
      isthmus break aws-to-gcp.pubsub --how hang
    """
    from isthmus.local.links import LINKS, links_of
    from isthmus.local.network import Network
    from isthmus.local.proxy.faults import Fault
    from isthmus.local.rundir import RunDirectory

    faults = [Fault.parse(text) for text in how]
    network = Network.of(RunDirectory.current())
    if target in LINKS:
        network.break_link(target, *faults)
    else:
        network.break_cloud(target, *faults)
    links = [target] if target in LINKS else links_of(target)
    if json:
        print_json({"links": links, "faults": [str(fault) for fault in faults]})
        return
    typer.echo(f"{', '.join(map(str, faults))} on {', '.join(links)}, until `isthmus heal`")


def heal(
    target: Annotated[
        str | None, typer.Argument(help="What was broken: aws, gcp or a link; everything if left out.")
    ] = None,
    json: Annotated[bool, JSON] = False,
) -> None:
    """Heal what `isthmus break` or a game day broke.

    \b
    Example:
      isthmus heal
      isthmus heal aws
    """
    from isthmus.gamedays.breaker import heal_left_open
    from isthmus.local.network import Network
    from isthmus.local.rundir import RunDirectory
    from isthmus.local.state import look

    run = RunDirectory.current()
    if target is None:
        heal_left_open(run, lambda text: typer.echo(text, err=True), abandoned=False)
    Network.of(run).heal(target)
    broken = look(run).broken
    if json:
        print_json({"broken": broken})
        return
    typer.echo(f"healed; still broken: {', '.join(broken)}" if broken else "healed; no link is broken")
