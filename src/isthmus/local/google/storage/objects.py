"""Objects: what writing, changing and removing one means under its bucket's settings."""

from __future__ import annotations

import base64
import sqlite3
from collections.abc import Mapping

from isthmus.local.google.clock import Clock
from isthmus.local.google.storage import encryption, retention
from isthmus.local.google.storage.buckets import Buckets
from isthmus.local.google.storage.common import (
    NONCURRENT,
    SOFT_DELETED,
    Json,
    check,
    checksums,
    is_true,
    merged,
    timestamp,
    verify,
)
from isthmus.local.google.storage.errors import StorageError
from isthmus.local.google.storage.generations import Generations
from isthmus.local.google.storage.listing import Listing
from isthmus.local.google.storage.names import check_object_name
from isthmus.local.google.storage.notifications import Notifications

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


class Objects:
    """The objects, over one connection; what is written is committed by whoever owns that.

    Args:
        db: The connection.
        clock: The time.
        use_key: Checks that a key of Cloud KMS can be used.

    Attributes:
        buckets: The buckets.
        notifications: What is to be announced.
        generations: What is kept of the objects.
    """

    def __init__(self, db: sqlite3.Connection, clock: Clock, use_key: encryption.UseKey) -> None:
        self._db, self._clock, self._use_key = db, clock, use_key
        self.buckets = Buckets(db, clock)
        self.notifications = Notifications(db)
        self.generations = Generations(db, clock)
        self._last_generation = self.generations.newest()

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
        check_object_name(name)
        known = sums or checksums(data)
        verify(wanted, known)
        live = self.generations.live(bucket, name)
        check(query, int(live["generation"]) if live else 0, int(live["metageneration"]) if live else 0)
        meta = self._described(settings, wanted, len(data), known)
        meta |= encryption.described(settings, wanted, query, self._use_key)
        retention.check_own(settings, {}, meta, query, self._clock.now())
        if live:
            self._retire(settings, live, {"overwrittenByGeneration": meta["generation"]})
        self.generations.add(meta, data)
        self._tell("OBJECT_FINALIZE", meta, {"overwroteGeneration": live["generation"]} if live else {})
        return retention.shown(settings, meta)

    def get(self, bucket: str, name: str, query: Mapping[str, str], *, source: bool = False) -> Json:
        """Returns an object's metadata, of one generation where the query names it. 404 when there is none."""
        settings = self.buckets.get(bucket)
        generation = query.get("sourceGeneration" if source else "generation", "")
        meta = self.generations.find(bucket, name, generation, soft_deleted=is_true(query, "softDeleted"))
        reading, prefix = not source, "ifSource" if source else "if"
        check(query, int(meta["generation"]), int(meta["metageneration"]), reading=reading, prefix=prefix)
        return retention.shown(settings, meta)

    def readable(self, meta: Json, query: Mapping[str, str], *, source: bool = False) -> Json:
        """The object, if its content can be had with the keys of a request. 400 when it can't."""
        parameter = encryption.SOURCE_PARAMETER if source else encryption.PARAMETER
        encryption.check_readable(meta, query, self._use_key, parameter)
        return meta

    def patch(self, bucket: str, name: str, changes: Json, query: Mapping[str, str], *, replace: bool = False) -> Json:
        """Changes an object's metadata, or replaces what its owner set."""
        settings = self.buckets.get(bucket)
        meta = self.generations.find(bucket, name, query.get("generation", ""))
        check(query, int(meta["generation"]), int(meta["metageneration"]))
        base = {key: value for key, value in meta.items() if key not in _PATCHED} if replace else meta
        changed = merged(base, {key: value for key, value in changes.items() if key in _PATCHED})
        changed.setdefault("contentType", "application/octet-stream")
        retention.check_own(settings, meta, changed, query, self._clock.now())
        saved = self._changed(retention.released(meta, changed, self._now()))
        return retention.shown(settings, saved)

    def delete(self, bucket: str, name: str, query: Mapping[str, str]) -> None:
        """Removes an object, or one generation of it; where versioning is on the live one becomes noncurrent."""
        settings = self.buckets.get(bucket)
        meta = self.generations.find(bucket, name, query.get("generation", ""))
        check(query, int(meta["generation"]), int(meta["metageneration"]))
        if query.get("generation"):
            self._remove(settings, meta, {})
        else:
            self._retire(settings, meta, {})

    def restore(self, bucket: str, name: str, query: Mapping[str, str]) -> Json:
        """Makes a soft-deleted generation the live one again, as a new generation."""
        settings = self.buckets.get(bucket)
        if not query.get("generation"):
            raise StorageError(400, "Required parameter: generation", "generation", reason="required")
        meta = self.generations.find(bucket, name, query["generation"], soft_deleted=True)
        wanted = {key: value for key, value in meta.items() if key in _SET_BY_OWNER}
        sums: dict[str, str] = {key: meta[key] for key in ("md5Hash", "crc32c") if key in meta}
        conditions = {key: value for key, value in query.items() if key.startswith("if")}
        kept = {encryption.PARAMETER: meta.get("customerEncryption", {}).get("keySha256", "")}
        made = self.insert(bucket, wanted, self.generations.data(meta), conditions | kept, sums)
        if "md5Hash" not in meta:
            made = self.composed(made, meta.get("componentCount"))
        return retention.shown(settings, made)

    def change_class(self, bucket: str, name: str, generation: int, storage_class: str) -> None:
        """Gives a generation another storage class, as a lifecycle rule does."""
        now = self._now()
        meta = self.generations.find(bucket, name, str(generation))
        self._changed(meta | {"storageClass": storage_class, "timeStorageClassUpdated": now})

    def copy(self, source: tuple[str, str], target: tuple[str, str], changes: Json, query: Mapping[str, str]) -> Json:
        """Copies an object with its metadata, or with the metadata that is given instead."""
        meta = self.readable(self.get(*source, query, source=True), query, source=True)
        wanted = changes or {
            key: meta[key] for key in _SET_BY_OWNER if key in meta and key not in ("acl", "kmsKeyName", "retention")
        }
        wanted = {"contentType": meta["contentType"], **wanted, "name": target[1]}
        kept = {key: query[key] for key in query if key.startswith("if") and not key.startswith("ifSource")}
        if "destinationKmsKeyName" in query:
            kept["kmsKeyName"] = query["destinationKmsKeyName"]
        if encryption.PARAMETER in query:
            kept[encryption.PARAMETER] = query[encryption.PARAMETER]
        return self.insert(target[0], wanted, self.generations.data(meta), kept)

    def move(self, bucket: str, name: str, target: str, query: Mapping[str, str]) -> Json:
        """Gives an object another name in its bucket, at once: there is no moment with both of them, or none."""
        meta = self.readable(self.get(bucket, name, query, source=True), query)
        if target == name:
            raise StorageError(400, "The source and the destination of a move are the same.")
        wanted = {key: meta[key] for key in _SET_BY_OWNER if key in meta} | {"name": target}
        if "kmsKeyName" in meta:
            wanted["kmsKeyName"] = meta["kmsKeyName"].partition("/cryptoKeyVersions/")[0]
        sums: dict[str, str] = {"crc32c": meta["crc32c"], "md5Hash": meta.get("md5Hash", "")}
        kept = {key: query[key] for key in query if key.startswith("if") and not key.startswith("ifSource")}
        kept[encryption.PARAMETER] = query.get(encryption.PARAMETER, "")
        made = self.insert(bucket, wanted, self.generations.data(meta), kept, sums)
        self._retire(self.buckets.get(bucket), self.generations.find(bucket, name, ""), {})
        return made if sums["md5Hash"] else self.composed(made, meta.get("componentCount"))

    def compose(self, bucket: str, name: str, wanted: Json, query: Mapping[str, str]) -> Json:
        """Writes an object of others of the bucket, one after another."""
        sources = wanted.get("sourceObjects") or []
        if not 1 <= len(sources) <= 32:
            raise StorageError(400, "The number of source components must be between 1 and 32.")
        parts, count = [], 0
        for one in sources:
            chosen = {"generation": str(one["generation"])} if one.get("generation") else {}
            meta = self.readable(self.get(bucket, str(one.get("name", "")), chosen), query)
            guard = (one.get("objectPreconditions") or {}).get("ifGenerationMatch")
            check({"ifGenerationMatch": str(guard)} if guard is not None else {}, int(meta["generation"]), 0)
            parts.append(self.generations.data(meta))
            count += int(meta.get("componentCount", 1))
        data = b"".join(parts)
        # A composed object has no MD5 (Cloud Storage documentation, "Composite objects", 2026-11).
        sums = {"crc32c": checksums(data)["crc32c"], "md5Hash": ""}
        destination = {**(wanted.get("destination") or {}), "name": name}
        destination.pop("md5Hash", None)
        return self.composed(self.insert(bucket, destination, data, query, sums), count)

    def list(
        self, bucket: str, query: Mapping[str, str], after: tuple[str, int], limit: int
    ) -> tuple[list[Json], list[str], tuple[str, int] | None]:
        """Lists objects in the order of their names, folded at a delimiter.

        Args:
            bucket: The bucket.
            query: `prefix`, `delimiter`, `startOffset`, `endOffset`, `versions`, `softDeleted`, `matchGlob`,
                `includeTrailingDelimiter`.
            after: The name and generation of the last one of the page before.
            limit: Objects and prefixes together, at most.

        Returns:
            Objects, prefixes, and where the next page goes on.
        """
        settings = self.buckets.get(bucket)
        items, prefixes, more = Listing(self._db, bucket, query).page(after, limit)
        return [retention.shown(settings, meta) for meta in items], prefixes, more

    def _changed(self, meta: Json) -> Json:
        """Keeps an object with other metadata."""
        changed = meta | {"metageneration": str(int(meta["metageneration"]) + 1), "updated": self._now()}
        changed["etag"] = _etag(changed)
        self.generations.save(changed)
        self._tell("OBJECT_METADATA_UPDATE", changed, {})
        return changed

    def composed(self, meta: Json, count: int | None) -> Json:
        """Takes the MD5 from an object that was put together; `count` says of how many components, if it is said."""
        meta = meta | ({"componentCount": count} if count else {})
        meta.pop("md5Hash", None)
        self.generations.save({key: value for key, value in meta.items() if key != "retentionExpirationTime"})
        return meta

    def _retire(self, settings: Json, live: Json, more: Mapping[str, str]) -> None:
        """Makes the live generation a noncurrent one, or removes it where versioning is off."""
        if not (settings.get("versioning") or {}).get("enabled"):
            self._remove(settings, live, more)
            return
        self.generations.put_aside(live | {"timeDeleted": self._now()}, NONCURRENT)
        self._tell("OBJECT_ARCHIVE", live, more)

    def _remove(self, settings: Json, meta: Json, more: Mapping[str, str]) -> None:
        """Removes a generation, or keeps it a while longer where the bucket has a soft delete policy."""
        now = self._clock.now()
        retention.check_held(settings, meta, now)
        seconds = int((settings.get("softDeletePolicy") or {}).get("retentionDurationSeconds", "0"))
        if seconds:
            times = {"softDeleteTime": timestamp(now), "hardDeleteTime": timestamp(now + seconds)}
            self.generations.put_aside({"timeDeleted": timestamp(now), **meta, **times}, SOFT_DELETED)
        else:
            self.generations.remove(meta)
        self._tell("OBJECT_DELETE", meta, more)

    def _tell(self, event: str, meta: Json, more: Mapping[str, str]) -> None:
        self.notifications.record(event, meta, self._now(), more)

    def _now(self) -> str:
        return timestamp(self._clock.now())

    def _described(self, settings: Json, wanted: Json, size: int, sums: Mapping[str, str]) -> Json:
        self._last_generation = max(self._clock.now_ns() // 1000, self._last_generation + 1)
        generation, now = str(self._last_generation), self._now()
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
        if settings.get("defaultEventBasedHold"):
            meta.setdefault("eventBasedHold", True)
        meta["etag"] = _etag(meta)
        return meta


def _etag(meta: Json) -> str:
    return base64.b64encode(f"{meta['generation']}/{meta['metageneration']}".encode()).decode()
