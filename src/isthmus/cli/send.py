"""`isthmus send`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any

import typer

from isthmus.cli.output import JSON, print_json, print_table, progress

if TYPE_CHECKING:
    from isthmus.local.endpoints import Endpoints
    from isthmus.local.rundir import RunDirectory


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
    from isthmus.core.errors import ConfigurationError
    from isthmus.local.endpoints import Endpoints
    from isthmus.local.rundir import RunDirectory

    if (file is None) == (sample is None):
        raise ConfigurationError("one of a file and --sample is needed", fix="try `isthmus send --sample flights`")
    if sample not in (None, "flights"):
        raise ConfigurationError(f"there is no sample {sample!r}", fix="the sample is called flights")
    run = RunDirectory.current()
    endpoints = Endpoints.require(run)
    facts = _send(_lines(file, mapping, start, limit), endpoints, run)
    if json:
        print_json(facts)
    else:
        print_table(("fact", "value"), [(name, value) for name, value in facts.items() if name != "reasons"])
        for reason in facts["reasons"]:
            typer.echo(f"rejected: {reason}", err=True)
    if facts["rejected"] or facts["in the spool"]:
        raise typer.Exit(1)


def _lines(file: str | None, mapping: list[str] | None, start: int, limit: int | None) -> Iterator[bytes]:
    from itertools import islice

    from isthmus.publisher.sources import CsvMapping, read_file
    from isthmus.samples import flights

    if file is None:
        return flights(limit=limit, start=start)
    found = read_file(file, CsvMapping.parse(mapping)) if mapping else read_file(file)
    return islice(found, start, None if limit is None else start + limit)


def _send(lines: Iterator[bytes], endpoints: Endpoints, run: RunDirectory) -> dict[str, Any]:
    """Sends what there is and waits until every event is answered, or the ingests have been out for a minute."""
    from isthmus.publisher import Endpoint, Publisher, PublisherConfig, RejectedEvent

    reasons: list[str] = []

    def rejected(events: list[RejectedEvent]) -> None:
        reasons.extend(f"{event.attribute or 'event'}: {event.reason}" for event in events[: 20 - len(reasons)])

    targets = tuple(Endpoint(cloud, url) for cloud, url in endpoints.ingests.items())
    config = PublisherConfig(targets, endpoints.api_key, spool_path=run.root / "spool.sqlite")
    say = progress()
    with Publisher(config, on_rejected=rejected) as publisher:
        publisher.send_many(lines)
        while not publisher.flush(5) and (stats := publisher.stats()).spooled == 0:
            say(f"{stats.accepted:,} of {stats.sent:,} accepted; out: {', '.join(stats.out) or 'none'}")
        stats = publisher.stats()
    return {
        "sent": stats.sent,
        "accepted": stats.accepted,
        "rejected": stats.rejected,
        "in the spool": stats.spooled,
        "accepted by": dict(stats.accepted_by),
        "requests": stats.requests,
        "failovers": stats.failovers,
        "accept p50 ms": round(stats.accept_p50_seconds * 1000, 1),
        "accept p99 ms": round(stats.accept_p99_seconds * 1000, 1),
        "reasons": reasons,
    }
