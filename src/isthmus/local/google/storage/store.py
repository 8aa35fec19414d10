"""Buckets and objects in SQLite: every call is a transaction that is committed before it is answered.

All of it runs on one thread, so two writers with the same precondition can't both win.
"""

from __future__ import annotations

import base64
import datetime
import hashlib
import sqlite3
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import google_crc32c
import msgspec

from isthmus.local.google.storage.errors import StorageError, no_bucket, no_object, precondition_failed

_SCHEMA = """
CREATE TABLE IF NOT EXISTS buckets (name TEXT PRIMARY KEY, body BLOB NOT NULL, policy BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS objects (
  bucket TEXT NOT NULL, name TEXT NOT NULL, generation INTEGER NOT NULL, live INTEGER NOT NULL, meta BLOB NOT NULL, data BLOB NOT NULL,
  PRIMARY KEY (bucket, name, generation));
CREATE UNIQUE INDEX IF NOT EXISTS live_objects ON objects (bucket, name) WHERE live = 1;
"""
Json = dict[str, Any]
_CONDITIONS = ("ifGenerationMatch", "ifGenerationNotMatch", "ifMetagenerationMatch", "ifMetagenerationNotMatch")


class Storage:
    """The state of Cloud Storage.

    Args:
        path: The SQLite file.
        project_number: The number that buckets name.
        base_url: Where links lead.
    """

    def __init__(self, path: Path, project_number: str = "000000000000", base_url: str = "http://127.0.0.1") -> None:
        self._db = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA synchronous=NORMAL")
        self._db.executescript(_SCHEMA)
        self._project_number = project_number
        self._base = base_url
        self._last_generation = self._db.execute("SELECT coalesce(max(generation), 0) FROM objects").fetchone()[0]

    def create_bucket(self, wanted: Json) -> Json:
        """Makes a bucket with Google's defaults. 409 when the name is taken."""
        name = str(wanted.get("name", ""))
        if not 3 <= len(name) <= 222 or name != name.lower():
            raise StorageError(400, f"Invalid bucket name: '{name}'")
        if self._db.execute("SELECT 1 FROM buckets WHERE name = ?", (name,)).fetchone():
            raise StorageError(409, "Your previous request to create the named bucket succeeded and you already own it.")
        now = timestamp()
        body: Json = {
            "kind": "storage#bucket",
            "id": name,
            "selfLink": f"{self._base}/storage/v1/b/{name}",
            "projectNumber": self._project_number,
            "location": "US",
            "locationType": "region",
            "storageClass": "STANDARD",
            "timeCreated": now,
            "softDeletePolicy": {"retentionDurationSeconds": "604800", "effectiveTime": now},
            "iamConfiguration": {"uniformBucketLevelAccess": {"enabled": False}, "publicAccessPrevention": "inherited"},
            **{key: value for key, value in wanted.items() if value is not None},
            "metageneration": "1",
            "updated": now,
            "etag": "CAE=",
        }
        body["location"] = str(body["location"]).upper()
        self._db.execute("INSERT INTO buckets VALUES (?, ?, ?)", (name, msgspec.json.encode(body), b'{"bindings":[]}'))
        return body

    def bucket(self, name: str) -> Json:
        """Returns a bucket. 404 when there is none."""
        row = self._db.execute("SELECT body FROM buckets WHERE name = ?", (name,)).fetchone()
        if row is None:
            raise no_bucket()
        return dict(msgspec.json.decode(row[0]))

    def buckets(self, prefix: str = "") -> list[Json]:
        """Returns all buckets whose names begin so."""
        rows = self._db.execute("SELECT body FROM buckets ORDER BY name").fetchall()
        found = [dict(msgspec.json.decode(row[0])) for row in rows]
        return [body for body in found if body["name"].startswith(prefix)]

    def change_bucket(self, name: str, changes: Json, conditions: Mapping[str, str], *, replace: bool) -> Json:
        """Patches a bucket (null removes a field), or replaces what its owner set."""
        body = self.bucket(name)
        _check(conditions, 0, int(body["metageneration"]))
        kept = ("kind", "id", "selfLink", "name", "projectNumber", "location", "locationType", "timeCreated")
        base = {key: body[key] for key in kept if key in body} if replace else body
        changed = _merged(base, changes) | {"updated": timestamp()}
        changed["location"] = body["location"]
        changed["metageneration"] = str(int(body["metageneration"]) + 1)
        self._db.execute("UPDATE buckets SET body = ? WHERE name = ?", (msgspec.json.encode(changed), name))
        return changed

    def delete_bucket(self, name: str, conditions: Mapping[str, str]) -> None:
        """Removes an empty bucket. 409 when it isn't."""
        _check(conditions, 0, int(self.bucket(name)["metageneration"]))
        if self._db.execute("SELECT 1 FROM objects WHERE bucket = ? LIMIT 1", (name,)).fetchone():
            raise StorageError(409, "The bucket you tried to delete is not empty.")
        self._db.execute("DELETE FROM buckets WHERE name = ?", (name,))

    def policy(self, bucket: str) -> Json:
        """Returns a bucket's IAM policy."""
        self.bucket(bucket)
        row = self._db.execute("SELECT policy FROM buckets WHERE name = ?", (bucket,)).fetchone()
        policy = dict(msgspec.json.decode(row[0]))
        etag = base64.b64encode(hashlib.md5(row[0], usedforsecurity=False).digest()[:8]).decode()
        return {"kind": "storage#policy", "resourceId": f"projects/_/buckets/{bucket}", "version": 1} | policy | {"etag": etag}

    def set_policy(self, bucket: str, policy: Json) -> Json:
        """Keeps a bucket's IAM policy; 412 when it is based on an older one."""
        current = self.policy(bucket)
        if policy.get("etag") and policy["etag"] != current["etag"]:
            raise precondition_failed("etag")
        kept = {key: policy[key] for key in ("version", "bindings") if key in policy}
        self._db.execute("UPDATE buckets SET policy = ? WHERE name = ?", (msgspec.json.encode(kept), bucket))
        return self.policy(bucket)

    def insert(self, bucket: str, wanted: Json, data: bytes, conditions: Mapping[str, str]) -> Json:
        """Writes an object, or a new generation of it, if the preconditions hold."""
        settings, name = self.bucket(bucket), str(wanted.get("name", ""))
        if not name or len(name.encode()) > 1024:
            raise StorageError(400, "An object's name has 1 to 1024 bytes.", "name")
        meta = self._metadata(settings, wanted, data)
        with self._transaction():
            live = self._live(bucket, name)
            _check(conditions, int(live["generation"]) if live else 0, int(live["metageneration"]) if live else 0)
            if live:
                self._retire(settings, bucket, name)
            row = (bucket, name, int(meta["generation"]), msgspec.json.encode(meta), data)
            self._db.execute("INSERT INTO objects VALUES (?, ?, ?, 1, ?, ?)", row)
        return meta

    def object(self, bucket: str, name: str, conditions: Mapping[str, str], generation: str = "") -> Json:
        """Returns an object's metadata. 404 when there is none."""
        self.bucket(bucket)
        sql, values = "SELECT meta FROM objects WHERE bucket = ? AND name = ? AND live = 1", [bucket, name]
        if generation:
            sql, values = "SELECT meta FROM objects WHERE bucket = ? AND name = ? AND generation = ?", [*values, generation]
        row = self._db.execute(sql, values).fetchone()
        if row is None:
            raise no_object(bucket, name)
        meta = dict(msgspec.json.decode(row[0]))
        _check(conditions, int(meta["generation"]), int(meta["metageneration"]), reading=True)
        return meta

    def data(self, bucket: str, name: str, generation: str) -> bytes:
        """Returns the bytes of one generation."""
        sql = "SELECT data FROM objects WHERE bucket = ? AND name = ? AND generation = ?"
        row = self._db.execute(sql, (bucket, name, int(generation))).fetchone()
        if row is None:
            raise no_object(bucket, name)
        return bytes(row[0])

    def patch(self, bucket: str, name: str, changes: Json, conditions: Mapping[str, str]) -> Json:
        """Changes an object's metadata."""
        meta = self.object(bucket, name, conditions)
        fixed = ("generation", "size", "md5Hash", "crc32c", "name", "bucket", "id", "timeCreated")
        changed = _merged(meta, {key: value for key, value in changes.items() if key not in fixed})
        changed |= {"metageneration": str(int(meta["metageneration"]) + 1), "updated": timestamp()}
        sql = "UPDATE objects SET meta = ? WHERE bucket = ? AND name = ? AND live = 1"
        self._db.execute(sql, (msgspec.json.encode(changed), bucket, name))
        return changed

    def delete(self, bucket: str, name: str, conditions: Mapping[str, str], generation: str = "") -> None:
        """Removes an object, or one generation of it; where versioning is on the live one becomes noncurrent."""
        settings = self.bucket(bucket)
        with self._transaction():
            meta = self.object(bucket, name, {}, generation)
            _check(conditions, int(meta["generation"]), int(meta["metageneration"]))
            if generation:
                sql = "DELETE FROM objects WHERE bucket = ? AND name = ? AND generation = ?"
                self._db.execute(sql, (bucket, name, int(generation)))
            else:
                self._retire(settings, bucket, name)

    def list(self, bucket: str, prefix: str, after: tuple[str, int], limit: int, *, versions: bool) -> list[Json]:
        """Returns objects below a prefix in the order of their names, from behind (name, generation) on."""
        self.bucket(bucket)
        sql = (
            "SELECT meta FROM objects WHERE bucket = ? AND name >= ? AND (name, generation) > (?, ?)"
            + ("" if versions else " AND live = 1")
            + " ORDER BY name, generation LIMIT ?"
        )
        rows = self._db.execute(sql, (bucket, prefix, *after, limit)).fetchall()
        found = [dict(msgspec.json.decode(row[0])) for row in rows]
        return [meta for meta in found if meta["name"].startswith(prefix)]

    def close(self) -> None:
        """Closes the file."""
        self._db.close()

    def _live(self, bucket: str, name: str) -> Json | None:
        sql = "SELECT meta FROM objects WHERE bucket = ? AND name = ? AND live = 1"
        row = self._db.execute(sql, (bucket, name)).fetchone()
        return dict(msgspec.json.decode(row[0])) if row else None

    def _retire(self, settings: Json, bucket: str, name: str) -> None:
        where = "WHERE bucket = ? AND name = ? AND live = 1"
        if not (settings.get("versioning") or {}).get("enabled"):
            self._db.execute(f"DELETE FROM objects {where}", (bucket, name))  # noqa: S608 - a constant
            return
        live = self._live(bucket, name) or {}
        meta = msgspec.json.encode(live | {"timeDeleted": timestamp()})
        self._db.execute(f"UPDATE objects SET live = 0, meta = ? {where}", (meta, bucket, name))  # noqa: S608

    def _metadata(self, settings: Json, wanted: Json, data: bytes) -> Json:
        self._last_generation = max(time.time_ns() // 1000, self._last_generation + 1)
        generation, now = str(self._last_generation), timestamp()
        bucket, name = settings["name"], wanted["name"]
        sums = checksums(data)
        for key in ("md5Hash", "crc32c"):
            if wanted.get(key) and wanted[key] != sums[key]:
                raise StorageError(400, f"Provided {key} \"{wanted[key]}\" doesn't match calculated \"{sums[key]}\".")
        key = (settings.get("encryption") or {}).get("defaultKmsKeyName")
        encrypted = {"kmsKeyName": f"{key}/cryptoKeyVersions/1"} if key else {}
        return {
            "kind": "storage#object",
            "contentType": "application/octet-stream",
            "storageClass": settings["storageClass"],
            **encrypted,
            **wanted,
            "id": f"{bucket}/{name}/{generation}",
            "selfLink": f"{self._base}/storage/v1/b/{bucket}/o/{name}",
            "bucket": bucket,
            "generation": generation,
            "metageneration": "1",
            "size": str(len(data)),
            **sums,
            "etag": base64.b64encode(generation.encode()).decode(),
            "timeCreated": now,
            "updated": now,
            "timeStorageClassUpdated": now,
        }

    def _transaction(self) -> _Transaction:
        return _Transaction(self._db)


class _Transaction:
    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def __enter__(self) -> None:
        self._db.execute("BEGIN IMMEDIATE")

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        self._db.execute("COMMIT" if kind is None else "ROLLBACK")


def checksums(data: bytes) -> dict[str, str]:
    """The checksums of an object as Cloud Storage prints them."""
    crc = base64.b64encode(google_crc32c.value(data).to_bytes(4, "big")).decode()
    return {"crc32c": crc, "md5Hash": base64.b64encode(hashlib.md5(data, usedforsecurity=False).digest()).decode()}


def timestamp() -> str:
    """Now, as Cloud Storage prints it."""
    return datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"


def _check(conditions: Mapping[str, str], generation: int, metageneration: int, *, reading: bool = False) -> None:
    for name in _CONDITIONS:
        if name not in conditions:
            continue
        actual = generation if "Metageneration" not in name else metageneration
        holds = (actual == int(conditions[name])) != name.endswith("NotMatch")
        if not holds:
            raise StorageError(304, "not modified") if reading and name.endswith("NotMatch") else precondition_failed(name)


def _merged(base: Json, changes: Json) -> Json:
    merged = dict(base)
    for key, value in changes.items():
        if value is None:
            merged.pop(key, None)
        elif isinstance(value, dict) and isinstance(merged.get(key), dict) and key not in ("lifecycle",):
            merged[key] = _merged(merged[key], value)
        else:
            merged[key] = value
    return merged
