"""Buckets and their IAM policies in SQLite."""

from __future__ import annotations

import base64
import hashlib
import re
import sqlite3
from collections.abc import Mapping

import msgspec

from isthmus.local.google.clock import Clock
from isthmus.local.google.storage import lifecycle
from isthmus.local.google.storage.common import SOFT_DELETED, Json, check, is_true, merged, seconds_of, timestamp
from isthmus.local.google.storage.deletedbuckets import DeletedBuckets
from isthmus.local.google.storage.errors import StorageError, no_bucket, not_implemented, precondition_failed
from isthmus.local.google.storage.names import check_bucket_name

PROJECT_NUMBER = "000000000000"
_CLASSES = ("STANDARD", "NEARLINE", "COLDLINE", "ARCHIVE", "MULTI_REGIONAL", "REGIONAL", "DURABLE_REDUCED_AVAILABILITY")
_PREVENTION = ("inherited", "enforced")
_FIXED = (
    "kind",
    "id",
    "selfLink",
    "name",
    "projectNumber",
    "location",
    "locationType",
    "timeCreated",
    "etag",
    "generation",
)
_SOFT_DELETE_SECONDS = "604800"
_DAY_SECONDS = 86400


class Buckets:
    """The buckets, over one connection; what is written is committed by whoever owns that.

    Args:
        db: The connection.
        clock: The time.

    Attributes:
        deleted: Those that can be restored still.
    """

    def __init__(self, db: sqlite3.Connection, clock: Clock) -> None:
        self._db, self._clock = db, clock
        self.deleted = DeletedBuckets(db, clock)

    def create(self, wanted: Json, query: Mapping[str, str]) -> Json:
        """Makes a bucket with Google's defaults. 409 when the name is taken."""
        name = str(wanted.get("name", ""))
        check_bucket_name(name)
        if self._db.execute("SELECT 1 FROM buckets WHERE name = ?", (name,)).fetchone():
            message = "Your previous request to create the named bucket succeeded and you already own it."
            raise StorageError(409, message)
        now = self._now()
        defaults: Json = {
            "kind": "storage#bucket",
            "location": "US",
            "storageClass": "STANDARD",
            "softDeletePolicy": {"retentionDurationSeconds": _SOFT_DELETE_SECONDS},
            "iamConfiguration": {"uniformBucketLevelAccess": {"enabled": False}, "publicAccessPrevention": "inherited"},
        }
        fixed: Json = {"id": name, "name": name, "projectNumber": PROJECT_NUMBER, "timeCreated": now}
        fixed["generation"] = str(self._clock.now_ns() // 1000)
        if is_true(query, "enableObjectRetention"):
            fixed["objectRetention"] = {"mode": "Enabled"}
        body = _completed(merged(defaults, wanted) | fixed, now)
        body["location"] = str(body["location"]).upper()
        body["locationType"] = _location_type(body["location"])
        body |= {"metageneration": "1", "updated": now, "etag": _etag(1)}
        self._db.execute("INSERT INTO buckets VALUES (?, ?, ?)", (name, msgspec.json.encode(body), b'{"bindings":[]}'))
        return body

    def get(self, name: str, conditions: Mapping[str, str] | None = None) -> Json:
        """Returns a bucket. 404 when there is none."""
        row = self._db.execute("SELECT body FROM buckets WHERE name = ?", (name,)).fetchone()
        if row is None:
            raise no_bucket()
        body = dict(msgspec.json.decode(row[0]))
        check(conditions or {}, 0, int(body["metageneration"]), reading=True)
        return body

    def named(self, prefix: str, after: str, limit: int) -> list[Json]:
        """Returns buckets whose names begin so, in their order, from behind a name on."""
        sql = "SELECT body FROM buckets WHERE name > ? AND substr(name, 1, ?) = ? ORDER BY name LIMIT ?"
        rows = self._db.execute(sql, (after, len(prefix), prefix, limit)).fetchall()
        return [dict(msgspec.json.decode(row[0])) for row in rows]

    def change(self, name: str, changes: Json, conditions: Mapping[str, str], *, replace: bool) -> Json:
        """Patches a bucket (null removes a field), or replaces what its owner set."""
        body = self.get(name)
        check(conditions, 0, int(body["metageneration"]))
        _check_lock(body, changes)
        base = {key: body[key] for key in (*_FIXED, "storageClass") if key in body} if replace else body
        wanted = {key: value for key, value in changes.items() if key not in _FIXED}
        now, number = self._now(), int(body["metageneration"]) + 1
        changed = _completed(merged(base, wanted), now, body)
        changed |= {"updated": now, "metageneration": str(number), "etag": _etag(number)}
        self._db.execute("UPDATE buckets SET body = ? WHERE name = ?", (msgspec.json.encode(changed), name))
        return changed

    def lock_retention(self, name: str, conditions: Mapping[str, str]) -> Json:
        """Makes a bucket's retention policy final."""
        body = self.get(name)
        check(conditions, 0, int(body["metageneration"]))
        if not body.get("retentionPolicy"):
            raise StorageError(400, "The bucket has no retention policy.")
        policy = body["retentionPolicy"] | {"isLocked": True}
        return self.change(name, {"retentionPolicy": policy}, {}, replace=False)

    def delete(self, name: str, conditions: Mapping[str, str]) -> None:
        """Removes an empty bucket, for good or to be restored as its policy says. 409 when it isn't empty."""
        body = self.get(name)
        check(conditions, 0, int(body["metageneration"]))
        sql = "SELECT 1 FROM objects WHERE bucket = ? AND live != ? LIMIT 1"
        if self._db.execute(sql, (name, SOFT_DELETED)).fetchone():
            raise StorageError(409, "The bucket you tried to delete is not empty.")
        policy = self._db.execute("SELECT policy FROM buckets WHERE name = ?", (name,)).fetchone()[0]
        if not self.deleted.keep(body, policy):
            self._db.execute("DELETE FROM objects WHERE bucket = ?", (name,))
        self._db.execute("DELETE FROM buckets WHERE name = ?", (name,))

    def with_lifecycle(self) -> list[Json]:
        """The buckets that have lifecycle rules."""
        bodies = [dict(msgspec.json.decode(row[0])) for row in self._db.execute("SELECT body FROM buckets")]
        return [body for body in bodies if (body.get("lifecycle") or {}).get("rule")]

    def _now(self) -> str:
        return timestamp(self._clock.now())

    def policy(self, name: str) -> Json:
        """Returns a bucket's IAM policy."""
        row = self._db.execute("SELECT policy FROM buckets WHERE name = ?", (name,)).fetchone()
        if row is None:
            raise no_bucket()
        policy = {"bindings": [], **msgspec.json.decode(row[0])}
        etag = base64.b64encode(hashlib.sha256(row[0]).digest()[:8]).decode()
        head = {"kind": "storage#policy", "resourceId": f"projects/_/buckets/{name}", "version": 1}
        return head | policy | {"etag": etag}

    def set_policy(self, name: str, policy: Json) -> Json:
        """Keeps a bucket's IAM policy; 412 when it is based on an older one."""
        current = self.policy(name)
        if policy.get("etag") and policy["etag"] != current["etag"]:
            raise precondition_failed("etag")
        bindings = [binding for binding in policy.get("bindings") or [] if binding.get("members")]
        kept = {"version": policy.get("version") or 1, "bindings": bindings}
        self._db.execute("UPDATE buckets SET policy = ? WHERE name = ?", (msgspec.json.encode(kept), name))
        return self.policy(name)


def _completed(body: Json, now: str, before: Json | None = None) -> Json:
    """Checks a bucket and gives policies that are new the time since when they are in force."""
    if body.get("storageClass") not in _CLASSES:
        raise StorageError(400, f"Invalid argument: {body.get('storageClass')!r} is not a storage class.")
    access = body.get("iamConfiguration", {})
    if access.get("publicAccessPrevention", "inherited") not in _PREVENTION:
        raise StorageError(400, "publicAccessPrevention is 'inherited' or 'enforced'.")
    if body.get("hierarchicalNamespace", {}).get("enabled"):
        raise not_implemented("A hierarchical namespace")
    lifecycle.check((body.get("lifecycle") or {}).get("rule"))
    _check_soft_delete(body)
    _complete_uniform(body, now)
    old = before or {}
    for key, seconds in (("softDeletePolicy", "retentionDurationSeconds"), ("retentionPolicy", "retentionPeriod")):
        policy = body.get(key)
        if not policy:
            body.pop(key, None)
            continue
        policy[seconds] = str(policy.get(seconds, "0"))
        same = old.get(key, {}).get(seconds) == policy[seconds]
        policy["effectiveTime"] = old[key]["effectiveTime"] if same else now
    return body


def _check_soft_delete(body: Json) -> None:
    seconds = int((body.get("softDeletePolicy") or {}).get("retentionDurationSeconds") or 0)
    if seconds and not 7 * _DAY_SECONDS <= seconds <= 90 * _DAY_SECONDS:
        raise StorageError(400, "softDeletePolicy.retentionDurationSeconds must be 0, or between 7 and 90 days.")


def _complete_uniform(body: Json, now: str) -> None:
    """Uniform access can be taken back for 90 days; the older name of it says the same."""
    access = body.setdefault("iamConfiguration", {})
    uniform = access.setdefault("uniformBucketLevelAccess", {"enabled": False})
    if uniform.get("enabled"):
        uniform.setdefault("lockedTime", timestamp(seconds_of(now) + 90 * _DAY_SECONDS))
        for key in ("acl", "defaultObjectAcl"):
            body.pop(key, None)
    else:
        uniform.pop("lockedTime", None)
    access["bucketPolicyOnly"] = dict(uniform)


def _check_lock(body: Json, changes: Json) -> None:
    """A locked retention policy can only be made longer."""
    policy = body.get("retentionPolicy") or {}
    if not policy.get("isLocked") or "retentionPolicy" not in changes:
        return
    wanted = changes["retentionPolicy"] or {}
    if int(wanted.get("retentionPeriod", 0)) < int(policy["retentionPeriod"]):
        raise StorageError(
            403, f"Cannot reduce retention duration of a locked Retention Policy for bucket '{body['name']}'."
        )


def _location_type(location: str) -> str:
    if location in ("US", "EU", "ASIA"):
        return "multi-region"
    return "dual-region" if re.fullmatch(r"[A-Z]+\d", location) else "region"


def _etag(metageneration: int) -> str:
    return base64.b64encode(b"\x08" + metageneration.to_bytes(4, "big").lstrip(b"\0")).decode()
