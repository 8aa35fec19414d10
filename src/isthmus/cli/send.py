"""`isthmus send`."""

from __future__ import annotations

from typing import Annotated

import typer

from isthmus.cli.output import JSON


def send(
    file: Annotated[
        str | None, typer.Argument(help="CloudEvents NDJSON, or CSV with --map; - is standard input.")
    ] = None,
    sample: Annotated[
        str | None, typer.Option("--sample", help="Send shipped events in place of a file: flights.")
    ] = None,
    mapping: Annotated[
        list[str] | None,
        typer.Option(
            "--map", help="For CSV: ATTRIBUTE=COLUMN or ATTRIBUTE=:TEXT (type, source, id, time); again for more."
        ),
    ] = None,
    start: Annotated[int, typer.Option("--start", min=0, help="Leave out so many events first.")] = 0,
    limit: Annotated[int | None, typer.Option("--limit", min=1, help="Send at most so many.")] = None,
    json: Annotated[bool, JSON] = False,
) -> None:
    """Send events to both ingests; while one is out, to the other.

    \b
    Example:
      isthmus send --sample flights --limit 1000
      isthmus send events.ndjson
      isthmus send orders.csv --map type=:com.example.order --map source=shop --map id=number --map time=placed_at
    """
    from isthmus.core.errors import ConfigurationError, IsthmusError
    from isthmus.local.endpoints import Endpoints
    from isthmus.local.rundir import RunDirectory

    if (file is None) == (sample is None):
        raise ConfigurationError("one of a file and --sample is needed", fix="try `isthmus send --sample flights`")
    Endpoints.require(RunDirectory.current())
    raise IsthmusError("send is not part of this Isthmus yet", fix="wire isthmus.publisher in isthmus.cli.send")
