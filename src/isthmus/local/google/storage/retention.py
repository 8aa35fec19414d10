"""What keeps an object from being deleted or overwritten: holds, a bucket's retention policy, its own retention."""

from __future__ import annotations

from collections.abc import Mapping

from isthmus.local.google.storage.common import Json, is_true, seconds_of, timestamp
from isthmus.local.google.storage.errors import StorageError

HOLDS = ("temporaryHold", "eventBasedHold")
RELEASED = "holdReleased"
"""When an event-based hold ended: the bucket's retention counts from then. Kept here, never shown."""

_NOT_MET = "retentionPolicyNotMet"


def shown(settings: Json, meta: Json) -> Json:
    """An object as its owner sees it: with the end of its retention, which changes with the bucket's policy."""
    body = {key: value for key, value in meta.items() if key != RELEASED}
    policy = settings.get("retentionPolicy")
    if policy and not meta.get("eventBasedHold"):
        since = seconds_of(meta.get(RELEASED) or meta["timeCreated"])
        body["retentionExpirationTime"] = timestamp(since + int(policy["retentionPeriod"]))
    return body


def check_held(settings: Json, meta: Json, now: float, *, override: bool = False) -> None:
    """Refuses to remove an object that a hold or a retention keeps.

    Args:
        settings: The bucket.
        meta: The object.
        now: The time.
        override: Whether the caller overrides a retention of the object's own that isn't locked.
    """
    where = f"Object '{meta['bucket']}/{meta['name']}' is"
    for hold in HOLDS:
        if meta.get(hold):
            words = "Temporary hold" if hold == "temporaryHold" else "Event-Based hold"
            message = f"{where} under active {words} and cannot be deleted, overwritten or archived."
            raise StorageError(403, message, reason="objectUnderActiveHold")
    until = shown(settings, meta).get("retentionExpirationTime", "")
    if until > timestamp(now):
        message = f"{where} subject to bucket's retention policy and cannot be deleted or overwritten until {until}"
        raise StorageError(403, message, reason=_NOT_MET)
    own = meta.get("retention") or {}
    if own.get("retainUntilTime") and seconds_of(own["retainUntilTime"]) > now:
        if override and own.get("mode") == "Unlocked":
            return
        message = f"{where} subject to a retention of its own until {own['retainUntilTime']}."
        raise StorageError(403, message, reason=_NOT_MET)


def check_own(settings: Json, before: Json, after: Json, query: Mapping[str, str], now: float) -> None:
    """Refuses a change of an object's own retention that Cloud Storage doesn't allow."""
    old, new = before.get("retention") or {}, after.get("retention") or {}
    if old == new:
        return
    if not (settings.get("objectRetention") or {}).get("mode") == "Enabled":
        raise StorageError(400, "Object retention is not enabled for the bucket.")
    if new and (new.get("mode") not in ("Locked", "Unlocked") or not new.get("retainUntilTime")):
        raise StorageError(400, "A retention needs a mode (Locked or Unlocked) and a retainUntilTime.")
    if new and seconds_of(new["retainUntilTime"]) <= now:
        raise StorageError(400, "The retainUntilTime must be in the future.")
    if not old:
        return
    shorter = not new or seconds_of(new["retainUntilTime"]) < seconds_of(old["retainUntilTime"])
    looser = shorter or new.get("mode") != old["mode"] == "Locked"
    if old["mode"] == "Locked" and looser:
        raise StorageError(403, "A locked retention can't be removed, shortened or unlocked.", reason=_NOT_MET)
    if old["mode"] == "Unlocked" and shorter and not is_true(query, "overrideUnlockedRetention"):
        message = "overrideUnlockedRetention must be true to remove or shorten an unlocked retention."
        raise StorageError(403, message, reason=_NOT_MET)


def released(before: Json, after: Json, now: str) -> Json:
    """The object with the time at which its event-based hold ended, where it just did."""
    return after | {RELEASED: now} if before.get("eventBasedHold") and not after.get("eventBasedHold") else after
