"""`isthmus send`."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from isthmus.cli.output import JSON, print_json, print_table, progress

if TYPE_CHECKING:
    from isthmus.local.endpoints import Endpoints
    from isthmus.local.rundir import RunDirectory
    from isthmus.publisher import Publisher, Stats

_REASONS = 20
_PROGRESS_SECONDS = 1.0
_SPOOLED_PATIENCE_SECONDS = 5.0
"""How long nothing may be accepted while an ingest is out and all that is left is in the spool; then it stays there."""

_PATIENCE_SECONDS = 60.0
"""How long nothing may be accepted at all."""


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
    endpoints = Endpoints.require(run, any_cloud=True)
    facts = _send(_lines(file, mapping, start, limit), endpoints, run)
    if json:
        print_json(facts)
    else:
        print_table(("fact", "value"), [(name, _shown(value)) for name, value in facts.items() if name != "reasons"])
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
    """Sends what there is; what no ingest takes stays in the spool, for the next `send`."""
    from isthmus.publisher import Endpoint, Publisher, PublisherConfig, RejectedEvent

    reasons: list[str] = []

    def rejected(events: Sequence[RejectedEvent]) -> None:
        room = _REASONS - len(reasons)
        reasons.extend(f"{event.attribute or 'event'}: {event.reason}" for event in events[:room])

    targets = tuple(Endpoint(cloud, url) for cloud, url in endpoints.ingests.items())
    config = PublisherConfig(targets, endpoints.api_key, spool_path=run.root / "spool.sqlite")
    with Publisher(config, on_rejected=rejected) as publisher:
        say = _reporter(publisher)
        publisher.send_many(_told(lines, say))
        _deliver(publisher, say)
    return _facts(publisher.stats(), reasons)


def _shown(value: Any) -> str:
    """A fact for a person: `aws 400, gcp 600` for what each cloud took."""
    if isinstance(value, dict):
        return ", ".join(f"{cloud} {count:,}" for cloud, count in sorted(value.items())) or "nobody"
    return f"{value:,}"


def _reporter(publisher: Publisher) -> Callable[[], None]:
    """Makes the function that says how far it is: every second in a terminal, never in a pipe."""
    say = progress()
    last = time.monotonic()

    def report() -> None:
        nonlocal last
        if sys.stderr.isatty() and time.monotonic() - last >= _PROGRESS_SECONDS:
            last = time.monotonic()
            stats = publisher.stats()
            out = f"; out: {', '.join(stats.out)}" if stats.out else ""
            spooled = f", {stats.spooled:,} in the spool" if stats.spooled else ""
            say(f"{stats.accepted:,} of {stats.sent:,} accepted{spooled}{out}")

    return report


def _told(lines: Iterator[bytes], say: Callable[[], None]) -> Iterator[bytes]:
    for number, line in enumerate(lines):
        if number % 500 == 0:
            say()
        yield line


def _deliver(publisher: Publisher, say: Callable[[], None]) -> None:
    """Waits until every event is answered, or all that is left is in the spool, or nothing moves any more."""
    moved, accepted = time.monotonic(), -1
    while not publisher.flush(_PROGRESS_SECONDS):
        stats = publisher.stats()
        say()
        if stats.accepted != accepted:
            moved, accepted = time.monotonic(), stats.accepted
        safe = bool(stats.out) and not stats.buffered
        if time.monotonic() - moved >= (_SPOOLED_PATIENCE_SECONDS if safe else _PATIENCE_SECONDS):
            return


def _facts(stats: Stats, reasons: list[str]) -> dict[str, Any]:
    return {
        "sent": stats.sent,
        "accepted": stats.accepted,
        "duplicates": stats.duplicates,
        "rejected": stats.rejected,
        "in the spool": stats.spooled,
        "accepted by": dict(stats.accepted_by),
        "requests": stats.requests,
        "failovers": stats.failovers,
        "accept p50 ms": round(stats.accept_p50_seconds * 1000, 1),
        "accept p99 ms": round(stats.accept_p99_seconds * 1000, 1),
        "reasons": reasons,
    }
