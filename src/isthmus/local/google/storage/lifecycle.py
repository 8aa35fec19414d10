"""Lifecycle rules: which generations of a bucket a rule takes, and what it does to them.

Source: Cloud Storage documentation, "Object Lifecycle Management", 2026-11.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from typing import Any

import msgspec

from isthmus.local.google.storage.common import LIVE, Json, seconds_of
from isthmus.local.google.storage.errors import StorageError

DELETE, SET_CLASS, ABORT = "Delete", "SetStorageClass", "AbortIncompleteMultipartUpload"
_DAY_SECONDS = 86400
_COLDER = ("STANDARD", "NEARLINE", "COLDLINE", "ARCHIVE")
_TEXTS = {"matchesPrefix": str.startswith, "matchesSuffix": str.endswith}
_NUMBERS = ("age", "numNewerVersions", "daysSinceNoncurrentTime", "daysSinceCustomTime")
_DATES = {"createdBefore": "timeCreated", "noncurrentTimeBefore": "timeDeleted", "customTimeBefore": "customTime"}
_SINCE = {"age": "timeCreated", "daysSinceNoncurrentTime": "timeDeleted", "daysSinceCustomTime": "customTime"}
_KNOWN = frozenset({*_TEXTS, *_NUMBERS, *_DATES, "isLive", "matchesStorageClass"})
Due = tuple[str, str, int, str]
"""Bucket, name and generation of an object, and its new storage class; no class deletes it."""


def check(rules: Any) -> None:
    """Raises a 400 for rules that Cloud Storage doesn't take."""
    for rule in rules or ():
        action, condition = rule.get("action") or {}, rule.get("condition") or {}
        if action.get("type") not in (DELETE, SET_CLASS, ABORT):
            raise StorageError(400, f"Invalid lifecycle action type: '{action.get('type')}'.")
        if action["type"] == SET_CLASS and action.get("storageClass") not in _COLDER:
            raise StorageError(400, f"Invalid storage class in lifecycle action: '{action.get('storageClass')}'.")
        if not condition:
            raise StorageError(400, "A lifecycle management rule must have at least one condition.")
        for name, value in condition.items():
            if name not in _KNOWN:
                raise StorageError(400, f"Invalid lifecycle condition: '{name}'.")
            if name in _NUMBERS and int(value) < 0:
                raise StorageError(400, f"The lifecycle condition '{name}' must not be negative.")


def due(db: sqlite3.Connection, bucket: Json, now: float) -> Iterator[Due]:
    """What a bucket's rules ask for now; of several rules that take an object, a deletion comes first.

    Args:
        db: A connection to the objects.
        bucket: The bucket.
        now: The time.
    """
    rules = [rule for rule in bucket["lifecycle"]["rule"] if rule["action"]["type"] != ABORT]
    sql = (
        "SELECT name, generation, live, meta FROM objects WHERE bucket = ? AND live >= 0 ORDER BY name, generation DESC"
    )
    last, newer = "", 0
    for name, generation, live, body in db.execute(sql, (bucket["name"],)) if rules else ():
        newer = newer + 1 if name == last else 0
        last, meta = name, msgspec.json.decode(body)
        matching = [rule["action"] for rule in rules if _matches(rule["condition"], meta, live == LIVE, newer, now)]
        if any(action["type"] == DELETE for action in matching):
            yield bucket["name"], name, generation, ""
        elif colder := _coldest(meta["storageClass"], matching):
            yield bucket["name"], name, generation, colder


def _coldest(present: str, actions: list[Json]) -> str:
    classes = [action["storageClass"] for action in actions]
    coldest = max(classes, key=_COLDER.index, default="")
    if not coldest or (present in _COLDER and _COLDER.index(coldest) <= _COLDER.index(present)):
        return ""
    return coldest


def _matches(condition: Json, meta: Json, live: bool, newer: int, now: float) -> bool:
    return all(_holds(name, wanted, meta, live, newer, now) for name, wanted in condition.items())


def _holds(name: str, wanted: Any, meta: Json, live: bool, newer: int, now: float) -> bool:
    if name == "isLive":
        return live is wanted
    if name == "numNewerVersions":
        return newer >= int(wanted)
    if name == "matchesStorageClass":
        return meta["storageClass"] in wanted
    if name in _TEXTS:
        check_text: Callable[[str, str], bool] = _TEXTS[name]
        return any(check_text(meta["name"], text) for text in wanted)
    since = meta.get(_SINCE.get(name) or _DATES[name])
    if since is None:
        return False
    if name in _SINCE:
        return now - seconds_of(since) >= int(wanted) * _DAY_SECONDS
    return seconds_of(since) < seconds_of(wanted)
