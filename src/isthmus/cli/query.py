"""`isthmus query`."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from isthmus.cli.output import JSON, print_json, print_table

if TYPE_CHECKING:
    from isthmus.archive.query import Result

MAX_ROWS = 1000


class Ask(StrEnum):
    """Whose archive is asked."""

    AWS = "aws"
    GCP = "gcp"
    BOTH = "both"


def query(
    sql: Annotated[str, typer.Argument(help="SQL (DuckDB's) over the table `events`; - reads it from standard input.")],
    cloud: Annotated[Ask, typer.Option("--cloud", help="Ask this cloud's archive, or both as one.")] = Ask.BOTH,
    limit: Annotated[int, typer.Option("--limit", min=1, help="Print at most so many rows.")] = MAX_ROWS,
    json: Annotated[bool, JSON] = False,
) -> None:
    """Ask both archives as one table: an event that is in both, or twice in one, is one row.

    While a cloud is cut off the other one answers, and a warning says so; the last line says who answered, and from
    what. Columns: source, id, type, time, subject,
    datacontenttype, data (JSON), data_base64, attributes (JSON), frame, accepted_at, clouds, key. A type of the
    catalogue is a table, too, with the columns of its data: `flight_departed`.

    \b
    Example:
      isthmus query "select type, count(*) from events group by type"
      isthmus query "select source, id, clouds from events limit 5" --json
      isthmus query --cloud gcp "select count(*) from events"
      isthmus query - < examples/queries/delay-by-carrier.sql
      isthmus query "select origin, avg(dep_delay) from flight_departed group by origin"
    """
    from isthmus.archive.query import run_query
    from isthmus.local.archives import archives
    from isthmus.local.endpoints import Endpoints
    from isthmus.local.project import project_root
    from isthmus.local.rundir import RunDirectory

    run = RunDirectory.current()
    text = typer.get_text_stream("stdin").read() if sql == "-" else sql
    buckets = [one for one in archives(Endpoints.require(run), front=True) if cloud in (Ask.BOTH, one.cloud)]
    catalog = project_root() / "catalog"
    result = run_query(text, buckets, run.root / "cache", catalog=catalog if catalog.is_dir() else None, max_rows=limit)
    for out, reason in result.out.items():
        typer.echo(f"warning: {out} did not answer; what only it has is not in this: {reason}", err=True)
    for problem in result.problems:
        typer.echo(f"warning: {problem}", err=True)
    if json:
        print_json([dict(zip(result.columns, row, strict=True)) for row in result.rows])
    else:
        print_table(result.columns, result.rows)
    if result.truncated:
        typer.echo(f"the first {limit} rows; --limit shows more", err=True)
    typer.echo(_answered(result), err=True)


def _answered(result: Result) -> str:
    """Says who answered, and from what."""
    tables = f"{result.tables:,} {'day' if result.tables == 1 else 'days'} as Parquet and " if result.tables else ""
    frames = f"{result.objects:,} {'frame' if result.objects == 1 else 'frames'}"
    return f"answered by {' and '.join(result.clouds)}, from {tables}{frames}"
