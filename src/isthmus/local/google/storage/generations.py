"""The generations of objects in SQLite: found, kept, put aside and removed, whatever they mean."""

from __future__ import annotations

import sqlite3

import msgspec

from isthmus.local.google.clock import Clock
from isthmus.local.google.storage.common import LIVE, SOFT_DELETED, Json, timestamp
from isthmus.local.google.storage.errors import StorageError, no_object

_LIVE = "WHERE bucket = ? AND name = ? AND live = 1"
_GENERATION = "WHERE bucket = ? AND name = ? AND generation = ?"
_MAX_GENERATION = 2**63 - 1


class Generations:
    """The rows, over one connection; what is written is committed by whoever owns that.

    Args:
        db: The connection.
        clock: The time.
    """

    def __init__(self, db: sqlite3.Connection, clock: Clock) -> None:
        self._db, self._clock = db, clock

    def newest(self) -> int:
        """Returns the highest generation that there is; 0 when there is none."""
        return int(self._db.execute("SELECT coalesce(max(generation), 0) FROM objects").fetchone()[0])

    def find(self, bucket: str, name: str, generation: str, *, soft_deleted: bool = False) -> Json:
        """Returns a generation's metadata; the live one's unless one is named. 404 when there is none."""
        if generation and not (generation.isdigit() and int(generation) <= _MAX_GENERATION):
            raise StorageError(400, f"Invalid value '{generation}' for generation.", "generation")
        where, values = (_GENERATION, [bucket, name, int(generation)]) if generation else (_LIVE, [bucket, name])
        row = self._db.execute(f"SELECT meta, live FROM objects {where}", values).fetchone()  # noqa: S608
        if row is None or (row[1] == SOFT_DELETED) != soft_deleted:
            raise no_object(bucket, name)
        return dict(msgspec.json.decode(row[0]))

    def live(self, bucket: str, name: str) -> Json | None:
        """Returns the live generation's metadata, if there is one."""
        row = self._db.execute(f"SELECT meta FROM objects {_LIVE}", (bucket, name)).fetchone()  # noqa: S608
        return dict(msgspec.json.decode(row[0])) if row else None

    def data(self, meta: Json, start: int = 0, length: int | None = None) -> bytes:
        """Returns the bytes of one generation, or some of them."""
        size = int(meta["size"]) if length is None else length
        sql = f"SELECT substr(data, ?, ?) FROM objects {_GENERATION}"  # noqa: S608 - constants
        row = self._db.execute(sql, (start + 1, size, *_place(meta))).fetchone()
        if row is None:
            raise no_object(meta["bucket"], meta["name"])
        # SQLite has NULL for a part of nothing.
        return bytes(row[0] or b"")

    def add(self, meta: Json, data: bytes) -> None:
        """Keeps a new generation, the live one from now on."""
        row = (*_place(meta), LIVE, msgspec.json.encode(meta), data)
        self._db.execute("INSERT INTO objects VALUES (?, ?, ?, ?, ?, ?)", row)

    def save(self, meta: Json) -> None:
        """Keeps a generation's metadata."""
        self._db.execute(f"UPDATE objects SET meta = ? {_GENERATION}", (msgspec.json.encode(meta), *_place(meta)))  # noqa: S608

    def put_aside(self, meta: Json, kind: int) -> None:
        """Keeps a generation as a noncurrent or a soft-deleted one."""
        self.save(meta)
        self._db.execute(f"UPDATE objects SET live = ? {_GENERATION}", (kind, *_place(meta)))  # noqa: S608

    def remove(self, meta: Json) -> None:
        """Removes a generation for good."""
        self._db.execute(f"DELETE FROM objects {_GENERATION}", _place(meta))  # noqa: S608

    def expire(self) -> None:
        """Removes for good what was soft-deleted long enough ago."""
        sql = "DELETE FROM objects WHERE live = ? AND json_extract(CAST(meta AS TEXT), '$.hardDeleteTime') <= ?"
        self._db.execute(sql, (SOFT_DELETED, timestamp(self._clock.now())))


def _place(meta: Json) -> tuple[str, str, int]:
    return meta["bucket"], meta["name"], int(meta["generation"])
