"""The balance of the last hours: what is looked at, and what is not even listed."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from isthmus.adapters.memory import MemoryBucket
from isthmus.archive.balance import Rules
from isthmus.archive.recent import recent, type_folders
from isthmus.core.errors import Unavailable
from isthmus.core.ledger import Entry

HOUR_MS = 3_600_000
T0_MS = 1_764_000_000_000
NOW = Rules(clock_ms=lambda: T0_MS + HOUR_MS // 2)


class Counting(MemoryBucket):
    """Counts what it is asked for, and what it told."""

    def __init__(self) -> None:
        super().__init__("aws")
        self.listings = 0
        self.told: list[str] = []

    def list(self, prefix: str = "", after: str = "") -> Iterator[Entry]:
        self.listings += 1
        for entry in super().list(prefix, after):
            self.told.append(entry.key)
            yield entry


def test_what_is_missing_in_the_window_is_found_in_every_type(aws, gcp, keep, event) -> None:
    keep([aws, gcp], [event(1)])
    (lost,) = keep([aws], [event(2, type="another.type")], seed=b"2")
    (held,) = keep([gcp], [event(3)], at_ms=T0_MS - 2 * HOUR_MS, seed=b"3")
    balance = recent(aws, gcp, 2, NOW)
    assert [lack.named for lack in balance.lacks] == [[held], [lost]]
    assert balance.rpo_seconds == 2.5 * 3600


def test_older_hours_and_other_folders_are_not_listed(gcp, keep, event) -> None:
    aws = Counting()
    (old,) = keep([aws], [event(1)], at_ms=T0_MS - 5 * HOUR_MS, seed=b"1")
    keep([aws, gcp], [event(2)], seed=b"2")
    for bucket in (aws, gcp):
        bucket.objects |= {"alerts/told": b"x", "events/stranger": b"x", "compacted/type=a/x": b"x"}
    aws.listings, aws.told = 0, []
    balance = recent(aws, gcp, 4, NOW)
    assert balance.is_whole
    assert balance.totals()[0].objects == 1
    # Two leaps to the end of the events, past the one stranger, one in quarantine; then the type itself.
    assert aws.listings == 5
    assert aws.told.count(old) == 1
    assert not any(key.startswith(("alerts/", "compacted/")) for key in aws.told)


def test_types_are_found_by_leaps(aws, gcp, keep, event) -> None:
    keep([aws], [event(1, type="a"), event(2, type="b")])
    keep([gcp], [event(3, type="a-b")])
    assert type_folders((aws, gcp)) == ["events/type=a-b/", "events/type=a/", "events/type=b/"]
    assert type_folders((aws, gcp), ("quarantine/",)) == []


def test_an_archive_that_is_out_is_told_and_not_counted(aws, gcp, keep, event) -> None:
    keep([aws], [event(1)])
    gcp.out = True
    with pytest.raises(Unavailable):
        recent(aws, gcp, 2, NOW)


def test_progress_can_end_it(aws, gcp, keep, event) -> None:
    keep([aws, gcp], [event(1)])

    def stop(done: int) -> None:
        raise Unavailable("late")

    with pytest.raises(Unavailable, match="late"):
        recent(aws, gcp, 2, NOW, progress=stop)
