"""`isthmus tail`."""

from __future__ import annotations

import json as json_text
import sys
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from isthmus.cli.output import JSON, print_line

if TYPE_CHECKING:
    from isthmus.archive.tail import Arrival, Tail

DATA_CHARS = 100


def tail(
    type_: Annotated[str | None, typer.Option("--type", help="Only events of this type.")] = None,
    minutes: Annotated[
        float | None, typer.Option("--minutes", min=0, help="Begin with what was accepted in the last so many minutes.")
    ] = None,
    limit: Annotated[int | None, typer.Option("--limit", min=1, help="End after so many events.")] = None,
    json: Annotated[bool, JSON] = False,
) -> None:
    """Print events as they arrive in either archive, each once, until Ctrl-C.

    \b
    Example:
      isthmus tail
      isthmus tail --type com.example.flight.departed --limit 10 --json
    """
    from isthmus.archive.tail import Tail
    from isthmus.local.archives import archives
    from isthmus.local.endpoints import Endpoints
    from isthmus.local.rundir import RunDirectory

    since = None if minutes is None else datetime.now(UTC) - timedelta(minutes=minutes)
    buckets = archives(Endpoints.require(RunDirectory.current()), front=True)
    follower = Tail(buckets, since_ms=None if since is None else int(since.timestamp() * 1000), type_=type_)
    complaints = _Complaints(follower)
    if sys.stderr.isatty():
        typer.echo("waiting for events; Ctrl-C ends it", err=True)
    for number, arrival in enumerate(follower.follow(stop=complaints.tell), 1):
        _print(arrival, json)
        if number == limit:
            return


class _Complaints:
    """Tells on standard error what an archive's poll complained about, each thing when it begins and ends."""

    def __init__(self, follower: Tail) -> None:
        self._follower = follower
        self._out: set[str] = set()

    def tell(self) -> bool:
        """Tells what is new since the last time; False, so that following goes on."""
        out = {str(cloud): reason for cloud, reason in self._follower.out.items()}
        for cloud in out.keys() - self._out:
            typer.echo(f"warning: {cloud} does not answer: {out[cloud]}", err=True)
        for cloud in self._out - out.keys():
            typer.echo(f"{cloud} answers again", err=True)
        for problem in self._follower.problems:
            typer.echo(f"warning: {problem}", err=True)
        self._out = set(out)
        return False


def _print(arrival: Arrival, json: bool) -> None:
    if json:
        print_line(arrival)
        return
    event = arrival.event
    accepted = datetime.fromtimestamp(arrival.accepted_ms / 1000, UTC)
    data = json_text.dumps(event.get("data"), ensure_ascii=False)
    shown = data if len(data) <= DATA_CHARS else data[: DATA_CHARS - 1] + "…"
    typer.echo(
        f"{accepted:%H:%M:%S} {arrival.cloud} {event.get('type')} {event.get('source')} {event.get('id')} {shown}"
    )
