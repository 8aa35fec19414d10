"""DuckDB for queries: events are loaded into a database of their own, and the user's SQL sees that database alone.

The database is opened read-only with every access to files and extensions off and the configuration locked, so that
SQL can neither write nor read anything else. Nothing is ever downloaded: json, icu and parquet are part of the wheel.
"""

from __future__ import annotations

import re
import signal
from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb

from isthmus.archive import catalogue
from isthmus.archive.catalogue import View
from isthmus.core import frames
from isthmus.core.errors import IsthmusError

MEMORY_BYTES = 256 * 1024**2
"""Memory of DuckDB's buffers; what is more goes to files beside the database. Ours: a laptop runs two clouds, too."""

STAGING_BYTES = 1024**3
"""Memory while a day is brought in order: DuckDB holds more of a sort than it can put into files."""

THREADS = 2
INTERRUPT_POLL_SECONDS = 0.05
"""DuckDB forgets an interrupt that comes before the query runs."""
OFFLINE = {"autoinstall_known_extensions": "false", "autoload_known_extensions": "false"}
_LOCKED = {
    "enable_external_access": "false",
    "python_enable_replacements": "false",
    "allow_community_extensions": "false",
    "lock_configuration": "true",
}
_KINDS = (duckdb.StatementType.SELECT, duckdb.StatementType.EXPLAIN)

_KNOWN = ("specversion", "id", "source", "type", "time", "subject", "datacontenttype", "data", "data_base64")
_REST = "{" + ", ".join(f'"{name}": null' for name in _KNOWN) + "}"

_STAGE = f"""
CREATE TABLE events AS
SELECT json_extract_string(json, '/source') AS source,
       json_extract_string(json, '/id') AS id,
       json_extract_string(json, '/type') AS type,
       TRY_CAST(upper(json_extract_string(json, '/time')) AS TIMESTAMPTZ) AS time,
       json_extract_string(json, '/subject') AS subject,
       json_extract_string(json, '/datacontenttype') AS datacontenttype,
       json_extract(json, '/data') AS data,
       json_extract_string(json, '/data_base64') AS data_base64,
       json_merge_patch(json, '{_REST}'::JSON) AS attributes,
       objects.frame AS frame,
       make_timestamptz(objects.accepted_us) AS accepted_at,
       objects.clouds AS clouds,
       objects.key AS key
FROM read_ndjson_objects(?, filename = true, hive_partitioning = false, compression = 'gzip',
                         maximum_object_size = {2 * frames.MAX_UNPACKED_BYTES}) AS lines
JOIN objects ON objects.path = lines.filename
"""  # noqa: S608 - constants only

_EMPTY = """
CREATE TABLE events (source VARCHAR, id VARCHAR, type VARCHAR, time TIMESTAMPTZ, subject VARCHAR,
  datacontenttype VARCHAR, data JSON, data_base64 VARCHAR, attributes JSON, frame VARCHAR, accepted_at TIMESTAMPTZ,
  clouds VARCHAR[], key VARCHAR)
"""

_ADD = """
INSERT INTO events
WITH holders AS (
  SELECT source, id, list_sort(list_distinct(flatten(list(coalesce(held.clouds, $1))))) AS clouds
  FROM (SELECT source, id, unnest(frames) AS frame FROM compacted) LEFT JOIN held USING (frame) GROUP BY source, id
)
SELECT source, id, $2, time, subject, datacontenttype, data::JSON, data_base64, attributes::JSON, frame, accepted_at,
       holders.clouds, $3 || 'hour=' || strftime(accepted_at, '%H') || '/' || frame || '.ndjson.gz'
FROM compacted JOIN holders USING (source, id)
"""

_REPEATED = """
CREATE TEMP TABLE repeated AS
SELECT source, id, arg_min(rowid, (frame, rowid)) AS kept, list_sort(list_distinct(flatten(list(clouds)))) AS clouds
FROM events GROUP BY source, id HAVING count(*) > 1
"""

_ONE_AN_IDENTITY = """
DELETE FROM events USING repeated
WHERE events.source = repeated.source AND events.id = repeated.id AND events.rowid <> repeated.kept;
UPDATE events SET clouds = repeated.clouds FROM repeated
WHERE events.source = repeated.source AND events.id = repeated.id;
"""


@dataclass(frozen=True)
class Source:
    """One object to load: its file and what its key and the listings say."""

    path: Path
    key: str
    frame: str
    accepted_ms: int
    clouds: tuple[str, ...]


@dataclass(frozen=True)
class Table:
    """A Parquet object to load: its events, as rows of `events`.

    Attributes:
        select: Selects `COLUMNS` of the archive's Parquet; its parameter is the path.
        path: The file.
        type: The type of its events.
        folder: What the keys of its frames begin with, `events/type=…/date=…/`.
        holders: The clouds that hold each of its frames; those of a frame that isn't named are `clouds`.
        clouds: The clouds that have the file.
    """

    select: str
    path: Path
    type: str
    folder: str
    holders: Mapping[str, tuple[str, ...]]
    clouds: tuple[str, ...]


def connect_empty() -> duckdb.DuckDBPyConnection:
    """Returns a locked connection without data: to parse statements, and to compute constants."""
    connection = duckdb.connect(":memory:", config=dict(OFFLINE))
    connection.execute("SET TimeZone = 'UTC'")
    return _lock(connection)


def load(
    database: Path,
    sources: Sequence[Source],
    views: Sequence[View],
    memory_bytes: int = MEMORY_BYTES,
    tables: Sequence[Table] = (),
) -> None:
    """Makes a database of objects: `events`, one row an identity (the first that was accepted), and the views.

    Raises:
        IsthmusError: when an object can't be read as events.
    """
    with duckdb.connect(str(database), config=_configuration(database, memory_bytes)) as connection:
        connection.execute("SET TimeZone = 'UTC'; SET preserve_insertion_order = false")
        stage(connection, sources)
        for table in tables:
            _add(connection, table)
        connection.execute(_REPEATED)
        connection.execute(_ONE_AN_IDENTITY)
        for view in views:
            for name in view.names:
                connection.execute(catalogue.statement(view, name))


def staging(database: Path) -> duckdb.DuckDBPyConnection:
    """Opens a database to bring events in order: on one thread, so that the same objects give the same rows."""
    connection = duckdb.connect(str(database), config={**_configuration(database, STAGING_BYTES), "threads": 1})
    connection.execute("SET TimeZone = 'UTC'")
    return connection


def stage(connection: duckdb.DuckDBPyConnection, sources: Sequence[Source]) -> None:
    """Makes the table `events` of objects, each event as often as they have it.

    Raises:
        IsthmusError: when an object can't be read as events.
    """
    if not sources:
        connection.execute(_EMPTY)
        return
    connection.execute(
        "CREATE TEMP TABLE objects AS SELECT unnest(?) AS path, unnest(?) AS key, unnest(?) AS frame,"
        " unnest(?)::BIGINT AS accepted_us, string_split(unnest(?), ',') AS clouds",
        [
            [str(source.path) for source in sources],
            [source.key for source in sources],
            [source.frame for source in sources],
            [source.accepted_ms * 1000 for source in sources],
            [",".join(source.clouds) for source in sources],
        ],
    )
    try:
        connection.execute(_STAGE, [[literal(source.path) for source in sources]])
    except duckdb.Error as error:
        raise IsthmusError(
            f"the events can't be loaded: {sentence(error)}",
            fix="name another cache directory, or make room there",
        ) from error


def _add(connection: duckdb.DuckDBPyConnection, table: Table) -> None:
    connection.execute("CREATE OR REPLACE TEMP TABLE held (frame VARCHAR, clouds VARCHAR[])")
    frames, clouds = list(table.holders), [",".join(held) for held in table.holders.values()]
    if frames:
        connection.execute(
            "INSERT INTO held SELECT unnest(?::VARCHAR[]), string_split(unnest(?::VARCHAR[]), ',')", [frames, clouds]
        )
    connection.execute(f"CREATE OR REPLACE TEMP VIEW compacted AS {_inlined(table)}")
    connection.execute(_ADD, [list(table.clouds), table.type, table.folder])


def _inlined(table: Table) -> str:
    return table.select.replace("?", catalogue.text(literal(table.path)))


def literal(path: Path) -> str:
    """Returns a path as DuckDB takes it: a pattern, which matches this path alone."""
    return re.sub(r"([*?\[])", r"[\1]", str(path))


def open_locked(database: Path, memory_bytes: int = MEMORY_BYTES) -> duckdb.DuckDBPyConnection:
    """Opens a loaded database for SQL that nobody has read."""
    connection = duckdb.connect(str(database), read_only=True, config=_configuration(database, memory_bytes))
    connection.execute("SET TimeZone = 'UTC'")
    return _lock(connection)


def _configuration(database: Path, memory_bytes: int) -> dict[str, Any]:
    spill = str(database.with_suffix(".spill"))
    return {**OFFLINE, "memory_limit": f"{memory_bytes}B", "threads": THREADS, "temp_directory": spill}


def _lock(connection: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    for name, value in _LOCKED.items():
        connection.execute(f"SET {name} = {value}")
    return connection


def require_select(connection: duckdb.DuckDBPyConnection, sql: str) -> str:
    """Returns the one statement of a query, without what is around it.

    Raises:
        IsthmusError: when it can't be parsed, is not one statement, or is one that changes something.
    """
    try:
        statements = connection.extract_statements(sql)
    except duckdb.Error as error:
        raise IsthmusError(sentence(error), where="the query", fix="see `isthmus query --help` for examples") from error
    if len(statements) != 1:
        raise IsthmusError(f"a query is one statement, not {len(statements)}", where="the query", fix="send one SELECT")
    if statements[0].type not in _KINDS:
        kind = statements[0].type.name
        raise IsthmusError(
            f"a query reads, and {kind} doesn't",
            where="the query",
            fix="send a SELECT; the archive is never changed by SQL",
        )
    return str(statements[0].query).strip().rstrip(";")


def run(
    connection: duckdb.DuckDBPyConnection, sql: str, max_rows: int
) -> tuple[tuple[str, ...], tuple[str, ...], list[tuple[Any, ...]]]:
    """Returns a statement's column names, SQL types and at most `max_rows` + 1 rows; times are aware, in UTC.

    Ctrl-C ends it at once: DuckDB, which would notice only now and then, works on a thread of its own.

    Raises:
        IsthmusError: with DuckDB's sentence.
    """
    with ThreadPoolExecutor(1, "isthmus-query") as pool:
        answer = pool.submit(_run, connection, sql, max_rows)
        try:
            return answer.result()
        except duckdb.Error as error:
            raise IsthmusError(sentence(error), where="the query") from error
        except KeyboardInterrupt:
            _end(connection, answer)
            raise


def _end(connection: duckdb.DuckDBPyConnection, answer: Future[Any]) -> None:
    """Ends a query and waits until it let go: a second Ctrl-C would close the connection below it."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        while not answer.done():
            connection.interrupt()
            wait([answer], INTERRUPT_POLL_SECONDS)
    finally:
        signal.signal(signal.SIGINT, before)


def _run(
    connection: duckdb.DuckDBPyConnection, sql: str, max_rows: int
) -> tuple[tuple[str, ...], tuple[str, ...], list[tuple[Any, ...]]]:
    relation = connection.sql(sql)
    if relation is None:
        return (), (), []
    names, types = tuple(relation.columns), tuple(str(kind) for kind in relation.types)
    rows = _plain(connection, sql, types).fetchmany(max_rows + 1)
    aware = [i for i, kind in enumerate(types) if kind == "TIMESTAMP WITH TIME ZONE"]
    return names, types, [_aware(row, aware) for row in rows] if aware else rows


def _plain(connection: duckdb.DuckDBPyConnection, sql: str, types: Sequence[str]) -> duckdb.DuckDBPyConnection:
    """DuckDB gives Python zoned times only where pytz is installed; so it gives plain ones, and UTC is put on them."""
    if not any("WITH TIME ZONE" in kind for kind in types):
        return connection.execute(sql)
    names = [f"c{i}" for i in range(len(types))]
    selected = ", ".join(
        f"{n}::{k.replace(' WITH TIME ZONE', '')} AS {n}" if "WITH TIME ZONE" in k else n
        for n, k in zip(names, types, strict=True)
    )
    return connection.execute(f"SELECT {selected} FROM (\n{sql}\n) AS asked({', '.join(names)})")  # noqa: S608


def _aware(row: tuple[Any, ...], columns: Sequence[int]) -> tuple[Any, ...]:
    values = list(row)
    for i in columns:
        if isinstance(values[i], datetime):
            values[i] = values[i].replace(tzinfo=UTC)
    return tuple(values)


def sentence(error: Exception) -> str:
    """Returns DuckDB's message without its class and without the statement repeated below it."""
    first = str(error).split("\n\nLINE ")[0].strip()
    return re.sub(r"^[A-Z]\w+(?: \w+)? Error: ", "", first).replace("\n", " ")
