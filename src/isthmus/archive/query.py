"""SQL over both archives as one table.

`events` has one row an identity (`source`, `id`): the event as it was first accepted, with the clouds that hold it.

    source, id, type, subject, datacontenttype   as sent
    time           TIMESTAMPTZ, as sent
    data           JSON; data_base64 for binary data
    attributes     JSON object of the other attributes (extensions, dataschema, traceparent)
    frame          the frame that it came in
    accepted_at    TIMESTAMPTZ of the frame
    clouds         list of the clouds that hold it
    key            the object that it is in

What was compacted is read from Parquet, what has come since frame by frame; the rows are the same.

Each type of the catalogue is a view beside it with its data's columns (see `catalogue`).
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from isthmus.archive import catalogue, engine
from isthmus.archive.cache import ObjectCache, Progress
from isthmus.archive.compacted import gather_compacted
from isthmus.archive.prune import prune
from isthmus.archive.survey import Gathered, Survey, gather, survey
from isthmus.archive.tables import TableCache
from isthmus.core import keys, uuid7
from isthmus.core.errors import IsthmusError
from isthmus.core.frames import Cloud
from isthmus.core.ports import Tables

MAX_ROWS = 1_000_000
"""Rows that a result has at most. Ours: it is held in memory."""


@dataclass(frozen=True)
class Result:
    """What a query gave.

    Attributes:
        columns: Names.
        rows: Values; times are aware and in UTC, JSON is text.
        types: SQL type of each column.
        clouds: The clouds whose archive was read.
        out: Why a cloud's archive was not read.
        problems: Objects that could not be used, as sentences.
        objects: Objects of single frames that the query was answered from.
        downloaded: Objects among them that were not in the cache.
        tables: Days that were read as Parquet.
        truncated: Whether there were more rows than are here.
    """

    columns: tuple[str, ...]
    rows: list[tuple[Any, ...]]
    types: tuple[str, ...] = ()
    clouds: tuple[Cloud, ...] = ()
    out: dict[Cloud, str] = field(default_factory=dict)
    problems: tuple[str, ...] = ()
    objects: int = 0
    downloaded: int = 0
    tables: int = 0
    truncated: bool = False


def run_query(
    sql: str,
    buckets: Sequence[Tables],
    cache_dir: Path,
    *,
    catalog: Path | None = None,
    max_rows: int = MAX_ROWS,
    memory_bytes: int = engine.MEMORY_BYTES,
    progress: Progress | None = None,
) -> Result:
    """Answers SQL from what the archives hold; one that is out is left out, and said so in the result.

    Args:
        sql: One statement that reads.
        buckets: The archives, one for each cloud.
        cache_dir: Where objects are kept; one for each environment.
        catalog: Directory of the event types' schemas.
        max_rows: Rows to return at most.
        memory_bytes: Memory of DuckDB's buffers.
        progress: Called with how many objects are here and how many are needed.

    Raises:
        IsthmusError: when the SQL is wrong, with DuckDB's sentence.
        Unavailable: when no archive can be read.
    """
    cache = ObjectCache(cache_dir)
    views = catalogue.load(catalog)
    with engine.connect_empty() as parser:
        statement = engine.require_select(parser, sql)
        needed = prune(parser, statement, {name: view.type for view in views for name in view.names})
    found = survey(buckets, needed.prefixes(), needed.wants)
    compacted = gather_compacted(found, buckets, TableCache(cache_dir), needed)
    gathered = gather(compacted.left(found), buckets, cache, progress)
    with _workspace(cache.root) as folder:
        database = Path(folder, "events.duckdb")
        engine.load(database, _sources(found, gathered), views, memory_bytes, compacted.tables)
        with engine.open_locked(database, memory_bytes) as connection:
            columns, types, rows = engine.run(connection, statement, max_rows)
    cache.trim()
    return Result(
        columns=columns,
        rows=rows[:max_rows],
        types=types,
        clouds=found.read,
        out=found.out,
        problems=(
            *compacted.problems,
            *gathered.problems,
            *(f"the clouds hold different bytes at {key}" for key in found.differing),
        ),
        objects=len(gathered.paths),
        downloaded=gathered.downloaded,
        tables=len(compacted.tables),
        truncated=len(rows) > max_rows,
    )


def _workspace(root: Path) -> tempfile.TemporaryDirectory[str]:
    try:
        (root / "queries").mkdir(parents=True, exist_ok=True)
        return tempfile.TemporaryDirectory(dir=root / "queries")
    except OSError as error:
        raise IsthmusError(
            f"the cache can't be written: {error.strerror}", where=str(root), fix="name another directory"
        ) from error


def _sources(found: Survey, gathered: Gathered) -> list[engine.Source]:
    sources = []
    for key, path in sorted(gathered.paths.items()):
        place = keys.place(key)
        if place:
            clouds = tuple(sorted(found.held[key]))
            sources.append(engine.Source(path, key, str(place.frame), uuid7.unix_ms(place.frame), clouds))
    return sources
