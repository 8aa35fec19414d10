"""What was learnt of two archives and need not be asked again: checksums of objects, and days that can't change.

A day can't change any more once no queue and no dead-letter queue can still hold a frame of it, and both sides have it
alike. Its summaries are kept, and it is not listed again (`verify` lists everything all the same).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

import msgspec

from isthmus.core.errors import IsthmusError
from isthmus.core.ledger import Entry
from isthmus.core.tally import Hour

SETTLED_DAYS = 32
"""Days after which an hour can't change. Pub/Sub keeps a message up to 31 days, SQS up to 14 (quotas, 2026-11)."""

DAY_MS = 86_400_000
_SCHEMA = """
CREATE TABLE IF NOT EXISTS objects (
  bucket TEXT NOT NULL, key TEXT NOT NULL, size INTEGER NOT NULL, created_ms INTEGER NOT NULL,
  crc32c TEXT NOT NULL, events INTEGER NOT NULL, PRIMARY KEY (bucket, key)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS days (
  pair TEXT NOT NULL, folder TEXT NOT NULL, whole INTEGER NOT NULL, hours BLOB NOT NULL,
  PRIMARY KEY (pair, folder)) WITHOUT ROWID;
"""
_VERSION = 1
_hours = msgspec.msgpack.Decoder(list[Hour])
_encode = msgspec.msgpack.Encoder().encode


@dataclass(frozen=True, slots=True)
class Run:
    """Days of a type, one behind the other, none of which can change.

    Attributes:
        first: The folder of the first day.
        last: The folder of the last one.
        hours: The summaries of all of them.
    """

    first: str
    last: str
    hours: list[Hour]


class Known:
    """A database beside the run; losing it costs time and nothing else.

    Args:
        path: The database's file; ":memory:" for none.

    Raises:
        IsthmusError: when the file can't be used.
    """

    def __init__(self, path: Path | str) -> None:
        self._path = str(path)
        try:
            if isinstance(path, Path):
                path.parent.mkdir(parents=True, exist_ok=True)
            self._database = _opened(self._path)
        except (sqlite3.Error, OSError) as error:
            raise self._unusable(error) from error

    def close(self) -> None:
        """Closes the database."""
        self._database.close()

    def told(self, bucket: str, entries: Sequence[Entry]) -> dict[str, Entry]:
        """Returns what is known of objects that are still as they were when it was learnt."""
        if not entries:
            return {}
        sql = "SELECT key, crc32c, size, created_ms, events FROM objects WHERE bucket = ? AND key BETWEEN ? AND ?"
        rows = self._query(sql, (bucket, entries[0].key, entries[-1].key))
        found = {row[0]: Entry(*row) for row in rows}
        same = ((entry, found.get(entry.key)) for entry in entries)
        return {
            entry.key: known
            for entry, known in same
            if known and (known.size, known.created_ms) == (entry.size, entry.created_ms)
        }

    def learn(self, bucket: str, entries: Iterable[Entry]) -> None:
        """Keeps what was learnt of objects."""
        rows = [(bucket, e.key, e.size, e.created_ms, e.crc32c, e.events) for e in entries]
        self._change("INSERT OR REPLACE INTO objects VALUES (?, ?, ?, ?, ?, ?)", rows)

    def settle(self, pair: str, folder: str, hours: Sequence[Hour]) -> None:
        """Keeps the summaries of a day that is old enough, and forgets its objects if it is whole."""
        whole = all(hour.is_whole for hour in hours)
        self._change("INSERT OR REPLACE INTO days VALUES (?, ?, ?, ?)", [(pair, folder, whole, _encode(list(hours)))])
        if whole:
            self._change("DELETE FROM objects WHERE key BETWEEN ? AND ?", [(folder, folder[:-1] + "0")])

    def runs(self, pair: str, prefix: str) -> list[Run]:
        """Returns the days that need not be listed, those of a type that follow each other together."""
        sql = "SELECT folder, whole, hours FROM days WHERE pair = ? AND folder BETWEEN ? AND ? ORDER BY folder"
        rows = self._query(sql, (pair, prefix, prefix + "\U0010ffff"))
        return [
            Run(days[0][0], days[-1][0], [hour for day in days for hour in _hours.decode(day[2])])
            for days in _stretches(rows)
        ]

    def _query(self, sql: str, values: tuple[object, ...]) -> list[tuple[Any, ...]]:
        try:
            return self._database.execute(sql, values).fetchall()
        except sqlite3.Error as error:
            raise self._unusable(error) from error

    def _change(self, sql: str, rows: Sequence[tuple[object, ...]]) -> None:
        try:
            with self._database:
                self._database.executemany(sql, rows)
        except sqlite3.Error as error:
            raise self._unusable(error) from error

    def _unusable(self, error: Exception) -> IsthmusError:
        return IsthmusError(
            f"what is known of the archives can't be read or written: {error}",
            where=self._path,
            fix="make room there, or delete the file: it is made again",
        )


def _opened(path: str) -> sqlite3.Connection:
    """The database; one of another version, or one that is none, is made anew."""
    try:
        return _prepared(path)
    except sqlite3.DatabaseError as error:
        if isinstance(error, sqlite3.OperationalError) or path == ":memory:":
            raise
    for suffix in ("", "-wal", "-shm"):
        Path(path + suffix).unlink(missing_ok=True)
    return _prepared(path)


def _prepared(path: str) -> sqlite3.Connection:
    database = sqlite3.connect(path, timeout=30.0)
    try:
        with database, closing(database.execute("PRAGMA user_version")) as found:
            (version,) = found.fetchone()
        if version not in (0, _VERSION):
            raise sqlite3.DatabaseError(f"version {version}")
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("PRAGMA synchronous = NORMAL")
        database.executescript(_SCHEMA)
        database.execute(f"PRAGMA user_version = {_VERSION}")
        database.commit()
    except sqlite3.Error:
        database.close()
        raise
    return database


def _stretches(rows: Sequence[tuple[Any, ...]]) -> Iterator[list[tuple[Any, ...]]]:
    """Cuts days at the ends of types, and leaves out those that are not whole: they may be mended."""
    broken = 0
    numbered = []
    for row in rows:
        broken += not row[1]
        numbered.append((row[0].rsplit("date=", 1)[0], broken, row))
    for _, days in groupby((one for one in numbered if one[2][1]), key=lambda one: one[:2]):
        yield [row for _, _, row in days]
