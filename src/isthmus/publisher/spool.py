"""The spool: batches on disk while no ingest can be reached, in the order sent, over restarts of the process."""

from __future__ import annotations

import sqlite3
import uuid
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from isthmus.publisher.batch import Batch
from isthmus.publisher.errors import SpoolFault

_TABLE = """
CREATE TABLE IF NOT EXISTS batches (
    id INTEGER PRIMARY KEY AUTOINCREMENT, key TEXT NOT NULL UNIQUE, events INTEGER NOT NULL, lines BLOB NOT NULL
)"""
_INSERT = "INSERT OR IGNORE INTO batches (key, events, lines) VALUES (?, ?, ?)"
_FIX = "free some space, or name another file as spool_path"
_DAMAGED = "move the file away, and send again what had not been accepted"


@dataclass(frozen=True)
class Row:
    """One spooled batch and its place."""

    id: int
    batch: Batch


class Spool:
    """Batches in a SQLite file. What `add` returns from has been synced to disk.

    Several processes may share a file. All add to it; the one that has its drain lock sends what is in it.

    Args:
        path: The file; made when missing.
        max_bytes: Bytes of batches, compressed, that it takes.

    Raises:
        SpoolFault: when it can't be opened or isn't a spool.
    """

    def __init__(self, path: Path, max_bytes: int) -> None:
        self._where = str(path)
        self._max_bytes = max_bytes
        self._version = -1
        self.events = self.size_bytes = 0
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            # One thread at a time uses it, not always the same one.
            self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=10)
            self._db.execute("PRAGMA journal_mode=WAL")
            self._db.execute("PRAGMA synchronous=FULL")
            self._db.execute(_TABLE)
            self._lock = sqlite3.connect(
                path.with_name(path.name + ".drain"), isolation_level=None, check_same_thread=False, timeout=0
            )
            self.refresh()
        except (sqlite3.Error, OSError) as error:
            damaged = isinstance(error, sqlite3.DatabaseError) and not isinstance(error, sqlite3.OperationalError)
            fix = _DAMAGED if damaged else _FIX
            raise SpoolFault(f"the spool can't be opened: {error}", where=self._where, fix=fix) from None

    def refresh(self) -> None:
        """Counts what is in the file, when another process has changed it."""
        version = self._db.execute("PRAGMA data_version").fetchone()[0]
        if version == self._version:
            return
        self._version = version
        query = "SELECT COALESCE(SUM(events), 0), COALESCE(SUM(LENGTH(lines)), 0) FROM batches"
        self.events, self.size_bytes = self._db.execute(query).fetchone()

    def may_drain(self) -> bool:
        """Takes the drain lock, or keeps it; False while another process has it. It ends with the process."""
        if self._lock.in_transaction:
            return True
        try:
            self._lock.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError:
            return False
        return True

    def end_drain(self) -> None:
        """Gives the drain lock back."""
        if self._lock.in_transaction:
            self._lock.execute("ROLLBACK")

    def add(self, batches: Sequence[Batch], *, bounded: bool = True) -> bool:
        """Appends batches, all or none; False when they don't fit, unless `bounded` is off.

        Raises:
            SpoolFault: when the disk won't take them.
        """
        return self._change(None, batches, bounded=bounded)

    def replace(self, row: Row, batches: Sequence[Batch]) -> None:
        """Puts what is left of a batch in its stead; nothing when nothing is left.

        Raises:
            SpoolFault: when the file can't be written.
        """
        self._change(row.id, batches, bounded=False)

    def _change(self, removed: int | None, added: Sequence[Batch], *, bounded: bool = True) -> bool:
        rows = [(str(b.key), len(b), zlib.compress(b"\n".join(b.lines), 1)) for b in added]
        size_bytes = sum(len(lines) for _, _, lines in rows)
        if bounded and self.size_bytes + size_bytes > self._max_bytes:
            return False
        try:
            held_events, held_bytes = self._write(removed, rows)
        except sqlite3.Error as error:
            raise SpoolFault(f"the spool can't be written: {error}", where=self._where, fix=_FIX) from None
        self.events += held_events
        self.size_bytes += held_bytes
        return True

    def rekey(self, row: Row) -> None:
        """Notes that a batch's key was made anew.

        Raises:
            SpoolFault: when the file can't be written.
        """
        try:
            self._db.execute("UPDATE batches SET key = ? WHERE id = ?", (str(row.batch.key), row.id))
        except sqlite3.Error as error:
            raise SpoolFault(f"the spool can't be written: {error}", where=self._where, fix=_FIX) from None

    def _write(self, removed: int | None, rows: Sequence[tuple[str, int, bytes]]) -> tuple[int, int]:
        """Returns by how many events and bytes there are more now. A key that is there already has the same events."""
        self._db.execute("BEGIN IMMEDIATE")
        try:
            query = "DELETE FROM batches WHERE id = ? RETURNING events, LENGTH(lines)"
            gone = self._db.execute(query, (removed,)).fetchall() or [(0, 0)]
            put = [row for row in rows if self._db.execute(_INSERT, row).rowcount]
            self._db.execute("COMMIT")
        except BaseException:
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")
            raise
        return sum(r[1] for r in put) - int(gone[0][0]), sum(len(r[2]) for r in put) - int(gone[0][1])

    def oldest(self, limit: int) -> list[Row]:
        """Returns the oldest batches, by when they were made: their keys sort so.

        Raises:
            SpoolFault: when they can't be read.
        """
        try:
            found = self._db.execute("SELECT id, key, lines FROM batches ORDER BY key LIMIT ?", (limit,)).fetchall()
            return [Row(id_, Batch.of(zlib.decompress(data).split(b"\n"), uuid.UUID(key))) for id_, key, data in found]
        except (sqlite3.Error, zlib.error, ValueError) as error:
            raise SpoolFault(f"the spool can't be read: {error}", where=self._where, fix=_FIX) from None

    def close(self) -> None:
        """Closes the file and gives the drain lock back."""
        self._lock.close()
        self._db.close()
