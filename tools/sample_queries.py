"""Writes the sample queries in the dialects of Athena and BigQuery, and their answers into docs/analytics.md.

python tools/sample_queries.py [--check]

A query in examples/queries is DuckDB's SQL over a type's view, as `isthmus query` takes it. Athena and BigQuery have
the same columns in the type's Parquet table, which is named otherwise; BigQuery wants a date besides.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import sqlglot
from sqlglot import exp

sys.path.insert(0, str(Path(__file__).parent.parent / "src"))
sys.path.insert(0, str(Path(__file__).parent))

import column_types

from isthmus.adapters.memory import MemoryBucket
from isthmus.archive import catalogue
from isthmus.archive.query import Result, run_query
from isthmus.core import frames, keeping
from isthmus.core.events import check_batch
from isthmus.samples import FLIGHTS, flights

ROOT = Path(__file__).parents[1]
QUERIES = ROOT / "examples" / "queries"
CATALOG = ROOT / "catalog"
DOC = ROOT / "docs" / "analytics.md"
DATABASE = "isthmus_dev_events"
FIRST_DATE = "2026-01-01"
DIALECTS = ("athena", "bigquery")
SHOWN_ROWS = 5
_REQUEST_EVENTS = 500
_ACCEPTED_MS = 1_767_261_600_000


def queries() -> dict[str, str]:
    """Returns the sample queries by name."""
    return {path.stem: path.read_text("utf-8") for path in sorted(QUERIES.glob("*.sql"))}


def question(text: str) -> str:
    """Returns what a query asks: its first line."""
    return text.splitlines()[0].removeprefix("--").strip()


def translated(text: str, dialect: str) -> str:
    """Returns a query in another dialect, over the type's Parquet table."""
    tree = sqlglot.parse_one(text, read="duckdb")
    names = {name: f"{catalogue.long_name(view.type)}_compacted" for view in _views() for name in view.names}
    for table in list(tree.find_all(exp.Table)):
        if table.name in names:
            selection = table.find_ancestor(exp.Select)
            table.replace(exp.to_table(f"{DATABASE}.{names[table.name]}"))
            if dialect == "bigquery" and selection:
                selection.where(f"date >= DATE '{FIRST_DATE}'", copy=False, dialect="bigquery")
    for node in tree.walk():
        node.comments = None
    return f"-- {question(text)}\n{tree.sql(dialect=dialect, pretty=True)}\n"


@cache
def _views() -> list[catalogue.View]:
    return catalogue.load(CATALOG)


def sample(limit: int = FLIGHTS) -> tuple[MemoryBucket, MemoryBucket]:
    """Returns two archives that hold the sample flights."""
    aws, gcp = MemoryBucket("aws"), MemoryBucket("gcp")
    lines = list(flights(limit))
    for start in range(0, len(lines), _REQUEST_EVENTS):
        batch = b"[" + b",".join(lines[start : start + _REQUEST_EVENTS]) + b"]"
        checked, _ = check_batch(batch)
        packed, _ = frames.pack(checked, origin="aws", unix_ms=_ACCEPTED_MS + start, seed=b"sample")
        for frame in packed:
            keeping.keep(frame, aws)
            keeping.keep(frame, gcp)
    return aws, gcp


def answers(names: dict[str, str]) -> dict[str, Result]:
    """Returns what each query says of the whole sample."""
    buckets = sample()
    with tempfile.TemporaryDirectory() as folder:
        return {name: run_query(text, buckets, Path(folder), catalog=CATALOG) for name, text in names.items()}


def outputs() -> dict[Path, str]:
    """Returns every file that this writes, with its text."""
    found = queries()
    files = {QUERIES / d / f"{name}.sql": translated(text, d) for d in DIALECTS for name, text in found.items()}
    text = DOC.read_text("utf-8")
    text = _between(text, "types", column_types.markdown())
    return {**files, DOC: _between(text, "queries", "\n".join(_sections(found)))}


def _between(text: str, name: str, body: str) -> str:
    begin, end = f"<!-- {name}: generated -->\n", "<!-- end -->"
    before, rest = text.split(begin, 1)
    return f"{before}{begin}{body.rstrip()}\n{end}{rest.split(end, 1)[1]}"


def _sections(found: dict[str, str]) -> Iterator[str]:
    for name, result in answers(found).items():
        yield f"### {question(found[name])}\n"
        yield f"[{name}.sql](../examples/queries/{name}.sql)\n"
        yield f"| {' | '.join(result.columns)} |\n|{' --- |' * len(result.columns)}"
        yield from (f"| {' | '.join(map(_cell, row))} |" for row in result.rows[:SHOWN_ROWS])
        more = len(result.rows) - SHOWN_ROWS
        yield f"\n… and {more} more.\n" if more > 0 else ""


def _cell(value: Any) -> str:
    return f"{value:,}" if isinstance(value, int) and abs(value) >= 10_000 else str(value)


def main(check: bool) -> int:
    """Writes what is stale, or tells it with `--check`."""
    wanted = outputs()
    stale = [path for path, text in wanted.items() if not path.exists() or path.read_text("utf-8") != text]
    for path in stale:
        print(path.relative_to(ROOT))
        if not check:
            path.parent.mkdir(exist_ok=True)
            path.write_text(wanted[path], "utf-8")
    return 1 if check and stale else 0


if __name__ == "__main__":
    sys.exit(main("--check" in sys.argv[1:]))
