"""Deleted buckets that can be restored still, with what was soft-deleted in them."""

from __future__ import annotations

import sqlite3

import msgspec

from isthmus.local.google.clock import Clock
from isthmus.local.google.storage.common import Json, timestamp
from isthmus.local.google.storage.errors import StorageError, no_bucket

SCHEMA = """
CREATE TABLE IF NOT EXISTS deleted_buckets (
  name TEXT NOT NULL, generation TEXT NOT NULL, until REAL NOT NULL, body BLOB NOT NULL, policy BLOB NOT NULL,
  PRIMARY KEY (name, generation));
"""


class DeletedBuckets:
    """Those, over one connection; what is written is committed by whoever owns that.

    A bucket's name is free once it is deleted. What was soft-deleted in it waits under a name that no bucket can have.

    Args:
        db: The connection.
        clock: The time.
    """

    def __init__(self, db: sqlite3.Connection, clock: Clock) -> None:
        self._db, self._clock = db, clock

    def keep(self, body: Json, policy: bytes) -> bool:
        """Keeps a bucket that goes, for as long as its own policy says; False where that is not at all."""
        seconds = int((body.get("softDeletePolicy") or {}).get("retentionDurationSeconds") or 0)
        if not seconds:
            return False
        now = self._clock.now()
        kept = body | {"softDeleteTime": timestamp(now), "hardDeleteTime": timestamp(now + seconds)}
        row = (body["name"], body["generation"], now + seconds, msgspec.json.encode(kept), policy)
        self._db.execute("INSERT INTO deleted_buckets VALUES (?, ?, ?, ?, ?)", row)
        self._move(body["name"], _aside(body["name"], body["generation"]))
        return True

    def get(self, name: str, generation: str) -> Json:
        """Returns a deleted bucket. 400 without a generation, 404 when there is none."""
        return self._find(name, generation)[0]

    def named(self, prefix: str, after: str, limit: int) -> list[Json]:
        """Returns deleted buckets whose names begin so, from behind `name/generation` on."""
        sql = (
            "SELECT body FROM deleted_buckets WHERE name || '/' || generation > ? AND substr(name, 1, ?) = ?"
            " ORDER BY name || '/' || generation LIMIT ?"
        )
        rows = self._db.execute(sql, (after, len(prefix), prefix, limit)).fetchall()
        return [dict(msgspec.json.decode(row[0])) for row in rows]

    def restore(self, name: str, generation: str) -> Json:
        """Makes a deleted bucket a bucket again. 409 when there is one of its name."""
        body, policy = self._find(name, generation)
        if self._db.execute("SELECT 1 FROM buckets WHERE name = ?", (name,)).fetchone():
            raise StorageError(409, "The bucket can't be restored: its name is another bucket's.")
        kept = {key: value for key, value in body.items() if key not in ("softDeleteTime", "hardDeleteTime")}
        self._db.execute("INSERT INTO buckets VALUES (?, ?, ?)", (name, msgspec.json.encode(kept), policy))
        self._db.execute("DELETE FROM deleted_buckets WHERE name = ? AND generation = ?", (name, generation))
        self._move(_aside(name, generation), name)
        return kept

    def expire(self) -> None:
        """Removes for good what was kept long enough."""
        now = self._clock.now()
        for name, generation in self._db.execute(
            "SELECT name, generation FROM deleted_buckets WHERE until <= ?", (now,)
        ).fetchall():
            self._db.execute("DELETE FROM objects WHERE bucket = ?", (_aside(name, generation),))
            self._db.execute("DELETE FROM deleted_buckets WHERE name = ? AND generation = ?", (name, generation))

    def _find(self, name: str, generation: str) -> tuple[Json, bytes]:
        if not generation:
            raise StorageError(400, "Required parameter: generation", "generation", reason="required")
        sql = "SELECT body, policy FROM deleted_buckets WHERE name = ? AND generation = ?"
        row = self._db.execute(sql, (name, generation)).fetchone()
        if row is None:
            raise no_bucket()
        return dict(msgspec.json.decode(row[0])), row[1]

    def _move(self, place: str, other: str) -> None:
        self._db.execute("UPDATE objects SET bucket = ? WHERE bucket = ?", (other, place))


def _aside(name: str, generation: str) -> str:
    return f"{name}/{generation}"
