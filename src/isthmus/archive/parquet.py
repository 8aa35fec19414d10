"""One day of a type as Parquet: what is in the file, and how it is written.

A file holds one row an identity (`source`, `id`), sorted by it: the columns of the type's data by the catalogue, and
those of every event (`COLUMNS`). In its metadata is its `Cover`: the frames that it was made of. Rows and cover are one
object, so whoever reads it knows what it holds, whatever has come since.

The file is a function of the frames alone: whether they came at once or one after another, the bytes are the same.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb
import msgspec

from isthmus.archive import catalogue, engine
from isthmus.archive.catalogue import View, quoted, text
from isthmus.core.errors import IsthmusError

COLUMNS: Mapping[str, str] = {
    "source": "VARCHAR",
    "id": "VARCHAR",
    "time": "TIMESTAMPTZ",
    "subject": "VARCHAR",
    "datacontenttype": "VARCHAR",
    "attributes": "VARCHAR",
    "frame": "VARCHAR",
    "accepted_at": "TIMESTAMPTZ",
    "frames": "VARCHAR[]",
    "data": "VARCHAR",
    "data_base64": "VARCHAR",
}
"""Columns that every file has, with DuckDB's types; JSON is text in it. `frames` are all that hold the event."""

IDENTITY = ("source", "id")

PARTITION = "date"
"""The column that is in the object's name; a property of this name is `data_date`."""

ROW_GROUP_ROWS = 122_880
"""Rows that a reader can leave out at once. DuckDB's own default (documentation of COPY, 2026-11), fixed here."""

_META = "isthmus"
_VERSION = 1


class Cover(msgspec.Struct, frozen=True):
    """What a file was made of.

    Attributes:
        frames: The frames whose events are in it.
        again: Those of them with events that are left out, since an earlier day has them.
        earlier: For each earlier day that was looked at, the digest of its frames.
        columns: The name of each of `COLUMNS` in the file.
        catalog: Digest of the data's columns.
        v: Version of this form.
    """

    frames: tuple[str, ...] = ()
    again: tuple[str, ...] = ()
    earlier: dict[str, str] = {}
    columns: dict[str, str] = {}
    catalog: str = ""
    v: int = _VERSION

    @property
    def digest(self) -> str:
        """A digest of the frames."""
        return digest(self.frames)

    @property
    def whole(self) -> frozenset[str]:
        """The frames that need not be read beside the file."""
        return frozenset(self.frames).difference(self.again)


@dataclass(frozen=True)
class File:
    """A file here, and what it was made of."""

    path: Path
    cover: Cover


def digest(parts: Iterable[str]) -> str:
    """Returns a short digest of strings, whatever their order."""
    return hashlib.sha256("\n".join(sorted(parts)).encode()).hexdigest()[:16]


def envelope(properties: Iterable[str]) -> dict[str, str]:
    """Returns the name of each of `COLUMNS` beside these properties: the data's own keep theirs."""
    return catalogue.beside(COLUMNS, properties)


def data_columns(view: View | None) -> dict[str, tuple[str, str]]:
    """Returns name and DuckDB type of the column of each property."""
    return {
        name: (f"data_{name}" if name.lower() == PARTITION else name, "VARCHAR" if kind == "JSON" else kind)
        for name, kind in (view.columns if view else {}).items()
    }


def catalog_digest(view: View | None) -> str:
    """Returns a digest of a type's columns."""
    return digest(f"{name} {kind}" for name, kind in data_columns(view).values())


def read_cover(path: Path) -> Cover:
    """Reads what a file was made of.

    Raises:
        IsthmusError: when it is no Parquet of ours.
    """
    with duckdb.connect(":memory:", config=dict(engine.OFFLINE)) as connection:
        try:
            row = connection.execute(
                "SELECT value FROM parquet_kv_metadata(?) WHERE key = ?::BLOB", [engine.literal(path), _META]
            ).fetchone()
            return msgspec.json.decode(row[0] if row else b"", type=Cover)
        except (duckdb.Error, msgspec.DecodeError) as error:
            raise IsthmusError(
                f"this is no Parquet of a day: {engine.sentence(error)}",
                where=str(path),
                fix="delete the object; `isthmus compact` writes it again from the events",
            ) from error


def write(
    folder: Path, sources: Sequence[engine.Source], old: Sequence[File], earlier: Mapping[str, File], view: View | None
) -> File:
    """Writes a day: what older files of it have, and the frames that came since.

    Args:
        folder: Where to work; a file of its own is left there.
        sources: Frames that no older file has.
        old: Older files of the day, of either cloud.
        earlier: The files of earlier days, whose events are not written again, by date.
        view: The type's columns; None for a type that the catalogue doesn't have.

    Raises:
        IsthmusError: when an object can't be read as events, or the day is too large for the memory.
    """
    database, path = folder / "day.duckdb", folder / "events.parquet"
    with engine.staging(database) as connection, _enough_memory(sources):
        engine.stage(connection, sources)
        _merge(connection, old)
        _leave_out(connection, earlier.values())
        cover = _cover(connection, sources, old, earlier, view)
        connection.execute(_copy(view, cover, path))
    return File(path, cover)


@contextmanager
def _enough_memory(sources: Sequence[engine.Source]) -> Iterator[None]:
    try:
        yield
    except duckdb.OutOfMemoryException as error:
        raise IsthmusError(
            f"the day is too large for {engine.STAGING_BYTES:,} bytes of memory",
            where=f"{len(sources):,} frames beside what was written before",
            fix="nothing is lost: ask for its events from the objects as they are (docs/analytics.md)",
        ) from error


def _merge(connection: duckdb.DuckDBPyConnection, old: Sequence[File]) -> None:
    new = ", ".join("[frame]" if name == "frames" else f"{name}::{kind}" for name, kind in COLUMNS.items())
    declared = ", ".join(f"{name} {kind}" for name, kind in COLUMNS.items())
    connection.execute(f"CREATE TABLE merged ({declared}); INSERT INTO merged SELECT {new} FROM events")  # noqa: S608
    for file in old:
        connection.execute(f"INSERT INTO merged {selected(file, COLUMNS)}", [engine.literal(file.path)])
    connection.execute(
        "CREATE TABLE kept AS SELECT source, id, arg_min(rowid, (frame, rowid)) AS row,"
        " list_sort(list_distinct(flatten(list(frames)))) AS frames FROM merged GROUP BY source, id"
    )


def selected(file: File, names: Iterable[str]) -> str:
    """Returns the SELECT of some of `COLUMNS` from a file; its path is the parameter."""
    columns = ", ".join(f"{quoted(file.cover.columns[name])} AS {name}" for name in names)
    return f"SELECT {columns} FROM read_parquet(?, hive_partitioning = false)"  # noqa: S608 - our own names


def _leave_out(connection: duckdb.DuckDBPyConnection, earlier: Iterable[File]) -> None:
    connection.execute("CREATE TABLE left_out (source VARCHAR, id VARCHAR, frames VARCHAR[])")
    for file in earlier:
        connection.execute(
            "INSERT INTO left_out SELECT kept.source, kept.id, kept.frames FROM kept"  # noqa: S608
            f" SEMI JOIN ({selected(file, IDENTITY)}) AS seen USING (source, id)",
            [engine.literal(file.path)],
        )
    connection.execute("DELETE FROM kept USING left_out WHERE kept.source = left_out.source AND kept.id = left_out.id")


def _cover(
    connection: duckdb.DuckDBPyConnection,
    sources: Sequence[engine.Source],
    old: Sequence[File],
    earlier: Mapping[str, File],
    view: View | None,
) -> Cover:
    again = {row[0] for row in connection.execute("SELECT DISTINCT unnest(frames) FROM left_out").fetchall()}
    return Cover(
        frames=tuple(sorted({source.frame for source in sources}.union(*(file.cover.frames for file in old)))),
        again=tuple(sorted(again.union(*(file.cover.again for file in old)))),
        earlier={date: file.cover.digest for date, file in sorted(earlier.items())},
        columns=envelope(view.columns if view else ()),
        catalog=catalog_digest(view),
    )


def _copy(view: View | None, cover: Cover, path: Path) -> str:
    columns = [f"{catalogue.value(name, kind)} AS {quoted(column)}" for name, column, kind in _data(view)]
    columns += [f"{_kept(name)} AS {quoted(column)}" for name, column in cover.columns.items()]
    meta = text(msgspec.json.encode(cover).decode())
    # DuckDB takes from its statistics whether a column may be null: a table of just these rows has those of the rows.
    return (
        f"CREATE TABLE day AS SELECT {', '.join(columns)} FROM kept JOIN merged ON merged.rowid = kept.row"  # noqa: S608
        f" ORDER BY kept.source, kept.id; COPY day TO {text(str(path))} (FORMAT parquet, COMPRESSION zstd,"
        f" ROW_GROUP_SIZE {ROW_GROUP_ROWS}, KV_METADATA {{{_META}: {meta}}})"
    )


def _kept(name: str) -> str:
    return "kept.frames" if name == "frames" else f"merged.{name}"


def _data(view: View | None) -> list[tuple[str, str, str]]:
    return [(name, column, kind) for name, (column, kind) in data_columns(view).items()]
