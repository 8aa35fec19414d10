"""`isthmus trace`: what one call caused, over both clouds."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from isthmus.cli.output import JSON, print_json, print_table

if TYPE_CHECKING:
    from isthmus.adapters.traces.records import SpanRecord
    from isthmus.local.traces import Trace

BAR_CHARS = 28

app = typer.Typer(name="trace", help="Traces: what one call caused, over both clouds.", no_args_is_help=True)


@app.command("list")
def list_(
    limit: Annotated[int, typer.Option(min=1, help="How many of the newest.")] = 20,
    errors: Annotated[bool, typer.Option("--errors", help="Only those with a span that failed.")] = False,
    json: Annotated[bool, JSON] = False,
) -> None:
    """List the newest traces of this run.

    \b
    Example:
      isthmus trace list
      isthmus trace list --errors --limit 5
    """
    from isthmus.local.rundir import RunDirectory
    from isthmus.local.traces import find

    found = [trace for trace in find(RunDirectory.current()) if trace.errors or not errors][:limit]
    rows = [_row(trace) for trace in found]
    if json:
        print_json(rows)
        return
    columns = ("trace_id", "began", "name", "spans", "milliseconds", "errors", "parts")
    print_table(columns, [[row[column] for column in columns] for row in rows])


@app.command()
def show(
    trace_id: Annotated[str, typer.Argument(help="The id of a trace, or how it begins.")],
    json: Annotated[bool, JSON] = False,
) -> None:
    """Show a trace: each span below the one that caused it, and when in the whole it ran.

    \b
    Example:
      isthmus trace show 4bf92f35
    """
    from isthmus.local.rundir import RunDirectory
    from isthmus.local.traces import get

    trace = get(RunDirectory.current(), trace_id)
    if json:
        print_json({**_row(trace), "spans": trace.spans})
        return
    typer.echo(f"{trace.trace_id}  {len(trace.spans)} spans, {trace.milliseconds:,.1f} ms, began {_began(trace)}")
    for line in waterfall(trace):
        typer.echo(line)


def waterfall(trace: Trace) -> list[str]:
    """The lines of a trace: its tree at the left, its bars at the right."""
    from isthmus.local.traces import part_of

    rows = [(f"{'  ' * depth}{span.name}", part_of(span), span) for depth, span in trace.tree()]
    name_chars = max(len(name) for name, _, _ in rows)
    part_chars = max(len(part) for _, part, _ in rows)
    whole_ns = max(int(trace.milliseconds * 1e6), 1)
    return [
        f"{name:<{name_chars}}  {part:<{part_chars}}  {_bar(trace, span, whole_ns)}  {_times(trace, span)}".rstrip()
        for name, part, span in rows
    ]


def _bar(trace: Trace, span: SpanRecord, whole_ns: int) -> str:
    begin = min((span.start_ns - trace.start_ns) * BAR_CHARS // whole_ns, BAR_CHARS - 1)
    length = max(1, round((span.end_ns - span.start_ns) * BAR_CHARS / whole_ns))
    return ("·" * begin + "━" * min(length, BAR_CHARS - begin)).ljust(BAR_CHARS, "·")


def _times(trace: Trace, span: SpanRecord) -> str:
    after, length = (span.start_ns - trace.start_ns) / 1e6, (span.end_ns - span.start_ns) / 1e6
    links = f"  {len(span.links) + span.dropped_links} links" if span.links else ""
    return f"{after:>9,.1f} {length:>9,.1f} ms{f'  failed: {span.error}' if span.error else ''}{links}"


def _row(trace: Trace) -> dict[str, object]:
    return {
        "trace_id": trace.trace_id,
        "began": _began(trace),
        "name": trace.name,
        "spans": len(trace.spans),
        "milliseconds": trace.milliseconds,
        "errors": trace.errors,
        "parts": list(trace.parts),
    }


def _began(trace: Trace) -> str:
    return datetime.fromtimestamp(trace.start_ns / 1e9).astimezone().isoformat(timespec="milliseconds")
