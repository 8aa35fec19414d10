"""`isthmus probe`: whether an event gets through, now, on each path."""

from __future__ import annotations

from typing import Annotated

import typer

from isthmus.cli import exits
from isthmus.cli.output import JSON, print_json, print_table


def probe(
    cloud: Annotated[str, typer.Argument(help="Send to this cloud's ingest alone: aws or gcp.")] = "",
    deadline: Annotated[
        float, typer.Option("--deadline", min=0.1, help="Seconds that an event may take.", metavar="SECONDS")
    ] = 30.0,
    json: Annotated[bool, JSON] = False,
) -> None:
    """Send a marked event to each ingest, and time its arrival in both archives.

    Its type is isthmus.probe, and it has the extension `synthetic`: a query leaves it out by its type. Exit code 1 when
    one was not accepted or did not arrive in time.

    \b
    Example:
      isthmus probe
      isthmus probe aws --deadline 5 --json
    """
    from isthmus.local.endpoints import Endpoints
    from isthmus.local.parts import CLOUDS
    from isthmus.local.probing import probe as send
    from isthmus.local.rundir import RunDirectory

    if cloud and cloud not in CLOUDS:
        raise typer.BadParameter(f"{cloud} is no cloud of {', '.join(CLOUDS)}")
    endpoints = Endpoints.require(RunDirectory.current(), any_cloud=True)
    legs = send(endpoints, [cloud] if cloud else CLOUDS, deadline)
    if json:
        print_json(legs)
    else:
        columns = ("ingest", "archive", "accepted ms", "arrived ms", "problem")
        print_table(columns, [(leg.ingest, leg.archive, leg.accepted_ms, leg.arrived_ms, leg.problem) for leg in legs])
    raise typer.Exit(exits.FAILED if any(leg.problem for leg in legs) else exits.OK)
