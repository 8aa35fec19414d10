"""The balance: what two archives have hour by hour, what is missing, and what is never listed again."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from isthmus.adapters.memory import MemoryBucket
from isthmus.archive.balance import MAX_NAMED, Rules, reckon
from isthmus.archive.known import SETTLED_DAYS, Known
from isthmus.core.errors import IsthmusError, Unavailable
from isthmus.core.ledger import Entry

HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS
T0_MS = 1_764_000_000_000


class Terse(MemoryBucket):
    """Lists as S3 does: neither checksum nor events. Counts what it is asked for."""

    def __init__(self) -> None:
        super().__init__("aws")
        self.listed: list[tuple[str, str]] = []

    def list(self, prefix: str = "", after: str = "") -> Iterator[Entry]:
        self.listed.append((prefix, after))
        for entry in super().list(prefix, after):
            yield msgspec.structs.replace(entry, crc32c="", events=0)


def rules(**more: Any) -> Rules:
    return Rules(**{"clock_ms": lambda: T0_MS + HOUR_MS, **more})


def test_equal_archives_are_whole_and_add_up(aws, gcp, keep, event) -> None:
    keep([aws, gcp], [event(1), event(2)])
    keep([aws, gcp], [event(3)], at_ms=T0_MS + HOUR_MS, seed=b"2")
    balance = reckon(aws, gcp, rules())
    left, right = balance.totals()
    assert balance.is_whole
    assert (left.objects, left.events) == (right.objects, right.events) == (2, 3)
    assert [hour.folder[-8:-1] for hour in balance.hours] == ["hour=16", "hour=17"]
    assert all(hour.left == hour.right and hour.left.digest for hour in balance.hours)
    assert balance.rpo_seconds == 0


def test_what_each_side_lacks_is_named_with_the_age_of_the_oldest(aws, gcp, keep, event) -> None:
    (old,) = keep([aws], [event(1)], seed=b"1")
    (young,) = keep([gcp], [event(2)], at_ms=T0_MS + 60_000, seed=b"2")
    balance = reckon(aws, gcp, rules())
    assert [lack.named for lack in balance.lacks] == [[young], [old]]
    assert not balance.is_whole
    assert balance.rpo_seconds == 3600
    assert balance.lacks[0].oldest_ms == T0_MS + 60_000


def test_what_is_younger_than_the_grace_is_in_flight_and_not_missing(aws, gcp, keep, event) -> None:
    keep([aws], [event(1)])
    assert reckon(aws, gcp, rules(grace_seconds=3601)).in_flight == 1
    assert reckon(aws, gcp, rules(grace_seconds=3601)).is_whole
    assert not reckon(aws, gcp, rules(grace_seconds=3600)).is_whole


def test_other_bytes_under_the_same_key_are_corrupt(aws, gcp, keep, event) -> None:
    (key,) = keep([aws, gcp], [event(1)])
    gcp.objects[key] = gcp.objects[key][::-1]
    balance = reckon(aws, gcp, rules())
    assert (balance.corrupt, balance.corrupt_named, balance.is_whole) == (1, [key], False)


def test_corruption_of_the_same_size_is_seen_once_the_checksum_is_asked_for(gcp, keep, event) -> None:
    aws = Terse()
    (key,) = keep([aws, gcp], [event(1)])
    aws.objects[key] = aws.objects[key][::-1]
    assert reckon(aws, gcp, rules()).is_whole
    assert reckon(aws, gcp, rules(learn=True)).corrupt_named == [key]


def test_a_listing_without_checksums_has_no_digest_until_it_was_learnt_and_then_keeps_it(gcp, keep, event) -> None:
    aws, known = Terse(), Known(":memory:")
    keep([aws, gcp], [event(1), event(2)])
    (hour,) = reckon(aws, gcp, rules(), known=known).hours
    assert (hour.left.digest, hour.left.events) == ("", 2)
    (hour,) = reckon(aws, gcp, rules(learn=True), known=known).hours
    assert hour.left == hour.right
    (hour,) = reckon(aws, gcp, rules(), known=known).hours
    assert hour.left == hour.right
    assert hour.left.digest


def test_an_object_is_asked_for_once_and_again_only_when_it_changed(gcp, keep, event, monkeypatch) -> None:
    aws, known = Terse(), Known(":memory:")
    asked: list[str] = []
    look = MemoryBucket.look
    (key,) = keep([aws, gcp], [event(1)])
    listing = list(aws.list())
    monkeypatch.setattr(Terse, "look", lambda self, key: asked.append(key) or look(self, key))
    monkeypatch.setattr(Terse, "list", lambda self, prefix="", after="": iter(e for e in listing if prefix in e.key))
    for _ in range(2):
        reckon(aws, gcp, rules(learn=True), known=known)
    assert asked == [key]
    listing[0] = msgspec.structs.replace(listing[0], created_ms=listing[0].created_ms + 1)
    reckon(aws, gcp, rules(learn=True), known=known)
    assert asked == [key, key]


def test_events_nobody_noted_are_counted_by_reading_once(aws, gcp, keep, event) -> None:
    keep([aws, gcp], [event(1), event(2)])
    aws._events.clear()
    gcp._events.clear()
    known = Known(":memory:")
    (hour,) = reckon(aws, gcp, rules(), known=known).hours
    assert (hour.left.events, hour.left.uncounted) == (0, 1)
    for learn in (True, False):
        (hour,) = reckon(aws, gcp, rules(learn=learn), known=known).hours
        assert (hour.left.events, hour.left.uncounted, hour.right.events) == (2, 0, 2)


def old(days: int) -> Rules:
    return rules(clock_ms=lambda: T0_MS + days * DAY_MS)


def test_a_day_that_cannot_change_is_not_listed_again_and_a_new_type_is_found(gcp, keep, event) -> None:
    aws, known = Terse(), Known(":memory:")
    keep([aws, gcp], [event(1, type="b")])
    keep([aws, gcp], [event(2, type="b")], at_ms=T0_MS + 3 * DAY_MS, seed=b"2")
    first = reckon(aws, gcp, old(SETTLED_DAYS + 2), known=known)
    assert first.kept == 0
    for type_ in ("a", "c"):
        keep([aws, gcp], [event(3, type=type_)], at_ms=T0_MS + 3 * DAY_MS, seed=type_.encode())
    again = reckon(aws, gcp, old(SETTLED_DAYS + 2), known=known)
    assert (again.kept, again.totals()[0].objects) == (1, 4)
    assert [hour.folder for hour in again.hours] == sorted(hour.folder for hour in again.hours)
    assert [hour for hour in again.hours if "type=b" in hour.folder] == first.hours
    # What comes into such a day all the same is seen by who looks at everything.
    keep([aws], [event(4, type="b")], seed=b"late")
    assert reckon(aws, gcp, old(SETTLED_DAYS + 2), known=known).is_whole
    assert not reckon(aws, gcp, rules(fresh=True), known=known).is_whole


def test_days_that_follow_each_other_are_skipped_with_one_request(gcp, keep, event) -> None:
    aws, known = Terse(), Known(":memory:")
    for day in range(6):
        keep([aws, gcp], [event(day)], at_ms=T0_MS + day * DAY_MS, seed=b"%d" % day)
    reckon(aws, gcp, old(SETTLED_DAYS + 9), known=known)
    aws.listed.clear()
    balance = reckon(aws, gcp, old(SETTLED_DAYS + 9), known=known)
    assert (balance.kept, balance.totals()[0].objects) == (6, 6)
    assert len([prefix for prefix, _ in aws.listed if prefix == "events/"]) == 2


def test_an_old_day_that_is_not_whole_is_listed_until_it_is(aws, gcp, keep, event) -> None:
    known = Known(":memory:")
    keys = [keep([aws, gcp], [event(d)], at_ms=T0_MS + d * DAY_MS, seed=b"%d" % d)[0] for d in range(3)]
    lost = gcp.objects.pop(keys[1])
    for _ in range(2):
        balance = reckon(aws, gcp, old(SETTLED_DAYS + 9), known=known)
        assert balance.lacks[1].named == [keys[1]]
    assert balance.kept == 2
    gcp.put_new(keys[1], lost, events=1)
    assert reckon(aws, gcp, old(SETTLED_DAYS + 9), known=known).is_whole
    assert reckon(aws, gcp, old(SETTLED_DAYS + 9), known=known).kept == 3


def test_a_day_of_another_pair_of_buckets_is_not_taken_for_this_one(keep, event, tmp_path) -> None:
    def named(cloud: Any, name: str) -> MemoryBucket:
        return type("Named", (MemoryBucket,), {"name": name})(cloud)

    known = Known(tmp_path / "known.sqlite")
    first = named("aws", "one"), named("gcp", "two")
    keep(first, [event(1)])
    reckon(*first, old(SETTLED_DAYS + 9), known=known)
    assert reckon(named("aws", "other"), first[1], old(SETTLED_DAYS + 9), known=known).missing == 1


def test_the_lag_is_the_longest_way_into_each_archive_in_the_last_hour(aws, gcp, keep, event) -> None:
    (early,) = keep([aws, gcp], [event(1)], at_ms=T0_MS - 2 * HOUR_MS, seed=b"1")
    (late,) = keep([aws, gcp], [event(2)], at_ms=T0_MS, seed=b"2")
    for bucket, lag in ((aws, 20), (gcp, 7_000)):
        bucket._created = {early: T0_MS, late: T0_MS + lag}
    assert reckon(aws, gcp, rules()).lag_ms == [20, 7_000]
    assert reckon(aws, gcp, rules(clock_ms=lambda: T0_MS + 3 * HOUR_MS)).lag_ms == [None, None]


def test_strangers_are_counted_and_other_prefixes_are_not(aws, gcp, keep, event) -> None:
    (key,) = keep([aws, gcp], [event(1)])
    aws.put_new("events/readme", b"x")
    aws.put_new("tables/part-0.parquet", b"x")
    gcp.put_new(key.rsplit("/", 1)[0] + "/notes.txt", b"x")
    balance = reckon(aws, gcp, rules())
    assert (balance.is_whole, balance.strangers) == (True, 2)
    aws.put_new(key.replace("events/", "quarantine/"), b"x")
    assert reckon(aws, gcp, rules()).lacks[1].named == [key.replace("events/", "quarantine/")]


def test_so_many_keys_are_named_and_the_others_counted(aws, gcp, keep, event, monkeypatch) -> None:
    monkeypatch.setattr("isthmus.archive.balance.MAX_NAMED", 3)
    for n in range(5):
        (key,) = keep([aws, gcp], [event(n)], seed=b"%d" % n)
        gcp.objects[key] = b"other"
        keep([aws], [event(n)], seed=b"only %d" % n)
    balance = reckon(aws, gcp, rules())
    assert (balance.corrupt, len(balance.corrupt_named)) == (5, 3)
    assert (balance.lacks[1].objects, len(balance.lacks[1].named)) == (5, 3)
    assert MAX_NAMED == 1000


def test_nothing_is_said_of_an_archive_that_cannot_be_listed(aws, gcp) -> None:
    gcp.out = True
    with pytest.raises(Unavailable):
        reckon(aws, gcp, rules())


def test_a_store_that_is_damaged_is_made_again(aws, gcp, keep, event, tmp_path: Path) -> None:
    keep([aws, gcp], [event(1)])
    path = tmp_path / "known.sqlite"
    path.write_bytes(b"this is no database" * 100)
    known = Known(path)
    assert reckon(aws, gcp, old(SETTLED_DAYS + 9), known=known).is_whole
    known.close()
    assert reckon(aws, gcp, old(SETTLED_DAYS + 9), known=Known(path)).kept == 1
    with sqlite3.connect(path) as database:
        database.execute("PRAGMA user_version = 99")
    assert reckon(aws, gcp, old(SETTLED_DAYS + 9), known=Known(path)).kept == 0


def test_a_store_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(IsthmusError, match="can't be read or written"):
        Known(tmp_path / "file" / "known.sqlite")
