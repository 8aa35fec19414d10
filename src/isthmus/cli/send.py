"""`isthmus send`."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from isthmus.cli import exits
from isthmus.cli.output import JSON, print_json, print_table, progress

if TYPE_CHECKING:
    from isthmus.core.spans import Span
    from isthmus.local.endpoints import Endpoints
    from isthmus.local.rundir import RunDirectory
    from isthmus.publisher import Publisher, RejectedEvent, Stats
    from isthmus.publisher.sources import BadLine

REASONS = 20
"""How many rejections are told with their reason."""

NAME_CHARS = 80
_PROGRESS_SECONDS = 1.0
_SPOOLED_PATIENCE_SECONDS = 5.0
"""How long nothing may be accepted while an ingest is out and all that is left is in the spool; then it stays there."""

_PATIENCE_SECONDS = 60.0
"""How long nothing may be accepted at all."""


def send(
    file: Annotated[
        str | None, typer.Argument(help="CloudEvents NDJSON, or CSV with --map, gzipped or not; - is standard input.")
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

    A line that is no event is told and left out. Exit code 1 if anything was rejected or is left in the spool.

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
    rejections = Rejections()
    facts, stopped = _send(_lines(file, mapping, start, limit, rejections), endpoints, run, rejections)
    if not stopped or facts["sent"]:
        _print(facts, json)
    if stopped:
        raise stopped
    if not facts["sent"]:
        typer.echo(f"there was nothing to send in {file or f'the sample {sample}'}", err=True)
    if facts["rejected"] or facts["in the spool"]:
        raise typer.Exit(exits.FAILED)


def _print(facts: dict[str, Any], json: bool) -> None:
    if json:
        print_json(facts)
        return
    print_table(("fact", "value"), [(name, _shown(value)) for name, value in facts.items() if name != "reasons"])
    for reason in facts["reasons"]:
        typer.echo(f"rejected: {reason}", err=True)
    if facts["rejected"] > len(facts["reasons"]):
        typer.echo(f"rejected: and {facts['rejected'] - len(facts['reasons']):,} more", err=True)
    if facts["in the spool"]:
        typer.echo("what is in the spool is safe on disk; the next `isthmus send` delivers it first", err=True)


class Rejections:
    """What won't be stored: counted, and the first of it with the reason and the event or line that it was."""

    def __init__(self) -> None:
        self.lines = 0
        self.reasons: list[str] = []

    def line(self, bad: BadLine) -> None:
        """Notes a line of the input that is no event."""
        self.lines += 1
        self._note(f"{bad.where}: {bad.what}")

    def events(self, rejected: Sequence[RejectedEvent]) -> None:
        """Notes events that an ingest turned down."""
        for event in rejected[: max(0, REASONS - len(self.reasons))]:
            self._note(f"{_identity(event.event)}: {event.attribute or 'event'}: {event.reason}")

    def _note(self, reason: str) -> None:
        if len(self.reasons) < REASONS:
            self.reasons.append("".join(c if c.isprintable() else repr(c)[1:-1] for c in reason))


def _identity(event: bytes) -> str:
    """What a person finds the event by: its source and id, or how it begins."""
    import msgspec

    try:
        found = msgspec.json.decode(event)
        named = [str(found[name])[:NAME_CHARS] for name in ("source", "id") if found.get(name) not in (None, "")]
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        named = []
    return " ".join(named) or event[:NAME_CHARS].decode(errors="replace")


def _lines(
    file: str | None, mapping: list[str] | None, start: int, limit: int | None, rejections: Rejections
) -> Iterator[bytes]:
    from itertools import islice

    from isthmus.publisher.sources import CsvMapping, read_file
    from isthmus.samples import flights

    if file is None:
        return flights(limit=limit, start=start)
    found = read_file(file, CsvMapping.parse(mapping) if mapping else None, rejections.line)
    return islice(found, start, None if limit is None else start + limit)


def _send(
    lines: Iterator[bytes], endpoints: Endpoints, run: RunDirectory, rejections: Rejections
) -> tuple[dict[str, Any], BaseException | None]:
    """Sends what there is; what no ingest takes stays in the spool, for the next `send`.

    Returns:
        The facts, and what stopped it before the end of the input, if anything did.
    """
    from isthmus.core.errors import IsthmusError
    from isthmus.local.traces import tracer
    from isthmus.publisher import Endpoint, Publisher, PublisherConfig

    targets = tuple(Endpoint(cloud, url) for cloud, url in endpoints.ingests.items())
    config = PublisherConfig(targets, endpoints.api_key, spool_path=run.root / "spool.sqlite", stamp_traceparent=False)
    stopped: BaseException | None = None
    traced = tracer(run, "isthmus-publisher")
    with (
        traced.begin("isthmus send", "internal") as span,
        Publisher(config, on_rejected=rejections.events, tracer=traced) as publisher,
    ):
        before = publisher.stats().spooled
        say = _reporter(publisher)
        try:
            try:
                publisher.send_many(_told(lines, say))
            except IsthmusError as error:
                stopped = error
            _deliver(publisher, say)
        except KeyboardInterrupt as interrupt:
            stopped = interrupt
        span.set(isthmus__events=publisher.stats().sent)
    return {**_facts(publisher.stats(), before, rejections), **_traced(span)}, stopped


def _traced(span: Span) -> dict[str, Any]:
    """The trace to ask for, where there is one."""
    return {"trace": span.context.trace_id} if span.recording and span.context else {}


def _shown(value: Any) -> str:
    """A fact for a person: `aws 400, gcp 600` for what each cloud took."""
    if isinstance(value, dict):
        return ", ".join(f"{cloud} {count:,}" for cloud, count in sorted(value.items())) or "nobody"
    return value if isinstance(value, str) else f"{value:,}"


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


def _facts(stats: Stats, before: int, rejections: Rejections) -> dict[str, Any]:
    return {
        "sent": stats.sent + rejections.lines,
        "from the spool": before,
        "accepted": stats.accepted,
        "duplicates": stats.duplicates,
        "rejected": stats.rejected + rejections.lines,
        "in the spool": stats.spooled,
        "accepted by": dict(stats.accepted_by),
        "requests": stats.requests,
        "failovers": stats.failovers,
        "accept p50 ms": round(stats.accept_p50_seconds * 1000, 1),
        "accept p99 ms": round(stats.accept_p99_seconds * 1000, 1),
        "reasons": rejections.reasons,
    }
