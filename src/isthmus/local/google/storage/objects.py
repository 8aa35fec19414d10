"""Objects and their generations in SQLite."""

from __future__ import annotations

import base64
import sqlite3
import time
from collections.abc import Callable, Mapping

import msgspec

from isthmus.local.google.storage.buckets import Buckets
from isthmus.local.google.storage.common import Json, check, checksums, is_true, merged, timestamp, verify
from isthmus.local.google.storage.errors import StorageError, no_object

MAX_NAME_BYTES = 1024
_SET_BY_OWNER = frozenset(
    {
        "name",
        "contentType",
        "contentEncoding",
        "contentLanguage",
        "contentDisposition",
        "cacheControl",
        "metadata",
        "customTime",
        "temporaryHold",
        "eventBasedHold",
        "storageClass",
        "acl",
        "retention",
        "contexts",
        "kmsKeyName",
        "md5Hash",
        "crc32c",
    }
)
_PATCHED = _SET_BY_OWNER - {"name", "md5Hash", "crc32c", "storageClass", "kmsKeyName"}
_LIVE = "WHERE bucket = ? AND name = ? AND live = 1"
_VERSIONS = "SELECT name, generation, meta FROM objects WHERE bucket = ? AND name >= ? AND (name, generation) > (?, ?)"
_LIVE_ONLY = _VERSIONS + " AND live = 1"
_GENERATION = "WHERE bucket = ? AND name = ? AND generation = ?"


class Objects:
    """The objects, over one connection; what is written is committed by whoever owns that.

    Args:
        db: The connection.
        usable: Whether a version of a key of Cloud KMS can be used now.
    """

    def __init__(self, db: sqlite3.Connection, usable: Callable[[str], bool] = lambda version: True) -> None:
        self._db = db
        self._usable = usable
        self.buckets = Buckets(db)
        self._last_generation = db.execute("SELECT coalesce(max(generation), 0) FROM objects").fetchone()[0]

    def insert(
        self, bucket: str, wanted: Json, data: bytes, query: Mapping[str, str], sums: Mapping[str, str] | None = None
    ) -> Json:
        """Writes an object, or a new generation of it, if the preconditions hold.

        Args:
            bucket: The bucket.
            wanted: What the client says of the object; its checksums are verified.
            data: The content.
            query: The request's parameters, the preconditions among them.
            sums: The content's checksums where they are known already.
        """
        settings = self.buckets.get(bucket)
        wanted = {key: value for key, value in wanted.items() if value is not None and key in _SET_BY_OWNER}
        name = str(wanted.get("name", ""))
        if not name or len(name.encode()) > MAX_NAME_BYTES or name in (".", "..") or "\n" in name or "\r" in name:
            raise StorageError(400, "An object's name has 1 to 1024 bytes and no line break.", "name")
        if query.get("kmsKeyName"):
            wanted["kmsKeyName"] = query["kmsKeyName"]
        known = sums or checksums(data)
        verify(wanted, known)
        live = self._live(bucket, name)
        check(query, int(live["generation"]) if live else 0, int(live["metageneration"]) if live else 0)
        if live:
            self._retire(settings, live)
        meta = self._described(settings, wanted, len(data), known)
        self._need_key(meta)
        row = (bucket, name, int(meta["generation"]), msgspec.json.encode(meta), data)
        self._db.execute("INSERT INTO objects VALUES (?, ?, ?, 1, ?, ?)", row)
        return meta

    def get(self, bucket: str, name: str, query: Mapping[str, str], *, source: bool = False) -> Json:
        """Returns an object's metadata, of one generation where the query names it. 404 when there is none."""
        self.buckets.get(bucket)
        generation = query.get("sourceGeneration" if source else "generation", "")
        meta = self._one(bucket, name, generation)
        reading, prefix = not source, "ifSource" if source else "if"
        check(query, int(meta["generation"]), int(meta["metageneration"]), reading=reading, prefix=prefix)
        return meta

    def data(self, meta: Json, start: int = 0, length: int | None = None) -> bytes:
        """Returns the bytes of one generation, or some of them."""
        self._need_key(meta)
        size = int(meta["size"]) if length is None else length
        sql = f"SELECT substr(data, ?, ?) FROM objects {_GENERATION}"  # noqa: S608 - constants
        where = (start + 1, size, meta["bucket"], meta["name"], int(meta["generation"]))
        row = self._db.execute(sql, where).fetchone()
        if row is None:
            raise no_object(meta["bucket"], meta["name"])
        # SQLite has NULL for a part of nothing.
        return bytes(row[0] or b"")

    def patch(self, bucket: str, name: str, changes: Json, query: Mapping[str, str], *, replace: bool = False) -> Json:
        """Changes an object's metadata, or replaces what its owner set."""
        self.buckets.get(bucket)
        meta = self._one(bucket, name, query.get("generation", ""))
        check(query, int(meta["generation"]), int(meta["metageneration"]))
        base = {key: value for key, value in meta.items() if key not in _PATCHED} if replace else meta
        changed = merged(base, {key: value for key, value in changes.items() if key in _PATCHED})
        changed.setdefault("contentType", "application/octet-stream")
        changed |= {"metageneration": str(int(meta["metageneration"]) + 1), "updated": timestamp()}
        changed["etag"] = _etag(changed)
        self._save(changed)
        return changed

    def delete(self, bucket: str, name: str, query: Mapping[str, str]) -> None:
        """Removes an object, or one generation of it; where versioning is on the live one becomes noncurrent."""
        settings = self.buckets.get(bucket)
        meta = self._one(bucket, name, query.get("generation", ""))
        check(query, int(meta["generation"]), int(meta["metageneration"]))
        if query.get("generation"):
            _check_held(meta)
            self._db.execute(f"DELETE FROM objects {_GENERATION}", (bucket, name, int(meta["generation"])))  # noqa: S608
        else:
            self._retire(settings, meta)

    def copy(self, source: tuple[str, str], target: tuple[str, str], changes: Json, query: Mapping[str, str]) -> Json:
        """Copies an object with its metadata, or with the metadata that is given instead."""
        meta = self.get(*source, query, source=True)
        wanted = changes or {
            key: meta[key] for key in _SET_BY_OWNER if key in meta and key not in ("acl", "kmsKeyName")
        }
        wanted = {"contentType": meta["contentType"], **wanted, "name": target[1]}
        data = self.data(meta)
        kept = {key: query[key] for key in query if key.startswith("if") and not key.startswith("ifSource")}
        key = {"kmsKeyName": query["destinationKmsKeyName"]} if "destinationKmsKeyName" in query else {}
        return self.insert(target[0], wanted, data, kept | key)

    def compose(self, bucket: str, name: str, wanted: Json, query: Mapping[str, str]) -> Json:
        """Writes an object of others of the bucket, one after another."""
        sources = wanted.get("sourceObjects") or []
        if not 1 <= len(sources) <= 32:
            raise StorageError(400, "The number of source components must be between 1 and 32.")
        parts, count = [], 0
        for one in sources:
            chosen = {"generation": str(one["generation"])} if one.get("generation") else {}
            meta = self.get(bucket, str(one.get("name", "")), chosen)
            guard = (one.get("objectPreconditions") or {}).get("ifGenerationMatch")
            check({"ifGenerationMatch": str(guard)} if guard is not None else {}, int(meta["generation"]), 0)
            parts.append(self.data(meta))
            count += int(meta.get("componentCount", 1))
        data = b"".join(parts)
        # A composed object has no MD5 (Cloud Storage documentation, "Composite objects", 2026-11).
        sums = {"crc32c": checksums(data)["crc32c"], "md5Hash": ""}
        destination = {**(wanted.get("destination") or {}), "name": name}
        destination.pop("md5Hash", None)
        meta = self.insert(bucket, destination, data, query, sums) | {"componentCount": count}
        meta.pop("md5Hash")
        self._save(meta)
        return meta

    def list(
        self, bucket: str, query: Mapping[str, str], after: tuple[str, int], limit: int
    ) -> tuple[list[Json], list[str], tuple[str, int] | None]:
        """Lists objects in the order of their names, folded at a delimiter.

        Args:
            bucket: The bucket.
            query: `prefix`, `delimiter`, `startOffset`, `endOffset`, `versions`, `includeTrailingDelimiter`.
            after: The name and generation of the last one of the page before.
            limit: Objects and prefixes together, at most.

        Returns:
            Objects, prefixes, and where the next page goes on.
        """
        self.buckets.get(bucket)
        listing = _Listing(self._db, bucket, query)
        return listing.page(after, limit)

    def _one(self, bucket: str, name: str, generation: str) -> Json:
        if generation and not generation.isdigit():
            raise StorageError(400, f"Invalid value '{generation}' for generation.", "generation")
        where, values = (_GENERATION, [bucket, name, int(generation)]) if generation else (_LIVE, [bucket, name])
        row = self._db.execute(f"SELECT meta FROM objects {where}", values).fetchone()  # noqa: S608
        if row is None:
            raise no_object(bucket, name)
        return dict(msgspec.json.decode(row[0]))

    def _live(self, bucket: str, name: str) -> Json | None:
        row = self._db.execute(f"SELECT meta FROM objects {_LIVE}", (bucket, name)).fetchone()  # noqa: S608
        return dict(msgspec.json.decode(row[0])) if row else None

    def _save(self, meta: Json) -> None:
        where = (msgspec.json.encode(meta), meta["bucket"], meta["name"], int(meta["generation"]))
        self._db.execute(f"UPDATE objects SET meta = ? {_GENERATION}", where)  # noqa: S608

    def _retire(self, settings: Json, live: Json) -> None:
        where = (live["bucket"], live["name"])
        if not (settings.get("versioning") or {}).get("enabled"):
            _check_held(live)
            self._db.execute(f"DELETE FROM objects {_LIVE}", where)  # noqa: S608
            return
        meta = msgspec.json.encode(live | {"timeDeleted": timestamp()})
        self._db.execute(f"UPDATE objects SET live = 0, meta = ? {_LIVE}", (meta, *where))  # noqa: S608

    def _need_key(self, meta: Json) -> None:
        """A disabled key makes what it encrypts unusable until it is enabled again (CMEK's documentation, 2026-11).

        That does not say with which status; whatever isn't 412 or 404 is tried again by those who store.
        """
        key = meta.get("kmsKeyName")
        if key and not self._usable(key):
            raise StorageError(400, f"The Cloud KMS key {key} is not enabled.", reason="failedPrecondition")

    def _described(self, settings: Json, wanted: Json, size: int, sums: Mapping[str, str]) -> Json:
        self._last_generation = max(time.time_ns() // 1000, self._last_generation + 1)
        generation, now = str(self._last_generation), timestamp()
        bucket, name = settings["name"], wanted["name"]
        meta: Json = {
            "kind": "storage#object",
            "contentType": "application/octet-stream",
            "storageClass": settings["storageClass"],
            **wanted,
            "id": f"{bucket}/{name}/{generation}",
            "bucket": bucket,
            "generation": generation,
            "metageneration": "1",
            "size": str(size),
            **sums,
            **dict.fromkeys(("timeCreated", "updated", "timeStorageClassUpdated", "timeFinalized"), now),
        }
        key = meta.get("kmsKeyName") or (settings.get("encryption") or {}).get("defaultKmsKeyName")
        if key:
            meta["kmsKeyName"] = key if "/cryptoKeyVersions/" in key else f"{key}/cryptoKeyVersions/1"
        if settings.get("retentionPolicy"):
            meta["retentionExpirationTime"] = timestamp(int(settings["retentionPolicy"]["retentionPeriod"]))
        if settings.get("defaultEventBasedHold"):
            meta.setdefault("eventBasedHold", True)
        meta["etag"] = _etag(meta)
        return meta


class _Listing:
    """One listing: rows in the order of their names, from which whole prefixes are skipped."""

    def __init__(self, db: sqlite3.Connection, bucket: str, query: Mapping[str, str]) -> None:
        self._db, self._bucket = db, bucket
        self._prefix, self._delimiter = query.get("prefix", ""), query.get("delimiter", "")
        self._start, self._end = query.get("startOffset", ""), query.get("endOffset", "")
        self._trailing = is_true(query, "includeTrailingDelimiter")
        self._versions = is_true(query, "versions")

    def page(self, after: tuple[str, int], limit: int) -> tuple[list[Json], list[str], tuple[str, int] | None]:
        items: list[Json] = []
        prefixes: list[str] = []
        place, last, behind = after, after, ""
        while True:
            batch = limit + 1 - len(items) - len(prefixes)
            rows = self._rows(place, batch)
            for name, generation, meta in rows:
                if name < behind:
                    # Folded already; asking anew for each prefix would read the rest of the page each time.
                    continue
                if len(items) + len(prefixes) >= limit:
                    return items, prefixes, last
                folded = self._folded(name)
                if folded:
                    prefixes.append(folded)
                    # Behind everything of that prefix.
                    behind = _behind(folded)
                    place = last = (behind, -1)
                    if self._trailing and name == folded:
                        items.append(dict(msgspec.json.decode(meta)))
                    continue
                items.append(dict(msgspec.json.decode(meta)))
                place = last = (name, generation)
            if len(rows) < batch:
                return items, prefixes, None

    def _rows(self, place: tuple[str, int], count: int) -> list[tuple[str, int, bytes]]:
        least = max(self._prefix, self._start, key=str.encode)
        sql = (_VERSIONS if self._versions else _LIVE_ONLY) + " ORDER BY name, generation LIMIT ?"
        rows = self._db.execute(sql, (self._bucket, least, *place, count)).fetchall()
        return [row for row in rows if self._wanted(row[0])]

    def _wanted(self, name: str) -> bool:
        return name.startswith(self._prefix) and (not self._end or name.encode() < self._end.encode())

    def _folded(self, name: str) -> str:
        if not self._delimiter:
            return ""
        head, separator, _ = name[len(self._prefix) :].partition(self._delimiter)
        return self._prefix + head + separator if separator else ""


def _behind(prefix: str) -> str:
    """The first text behind all that begin with a prefix."""
    last = ord(prefix[-1])
    following = 0xE000 if last == 0xD7FF else last + 1
    return prefix[:-1] + (chr(following) if last < 0x10FFFF else prefix[-1] * 2)


def _check_held(meta: Json) -> None:
    """Refuses to remove an object that a hold or a retention policy keeps."""
    where = f"Object '{meta['bucket']}/{meta['name']}' is"
    for hold in ("temporaryHold", "eventBasedHold"):
        if meta.get(hold):
            raise StorageError(403, f"{where} under active {hold} and cannot be deleted, overwritten or archived.")
    until = meta.get("retentionExpirationTime", "")
    if until > timestamp():
        message = f"{where} subject to bucket's retention policy and cannot be deleted or overwritten until {until}"
        raise StorageError(403, message, reason="retentionPolicyNotMet")


def _etag(meta: Json) -> str:
    return base64.b64encode(f"{meta['generation']}/{meta['metageneration']}".encode()).decode()
