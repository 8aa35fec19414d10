"""Tail: events as they arrive in either archive, each once."""

from __future__ import annotations

from typing import Any

import pytest

from isthmus.adapters.memory import MemoryBucket
from isthmus.archive.tail import Tail

T0_MS = 1_764_000_000_000
HOUR_MS = 3_600_000


class Clock:
    """A clock that is set."""

    now_ms = T0_MS

    def __call__(self) -> int:
        return self.now_ms


@pytest.fixture
def clock() -> Clock:
    return Clock()


def ids(tail: Tail) -> list[str]:
    return [arrival.event["id"] for arrival in tail.poll()]


def test_what_was_there_before_is_not_told_and_what_comes_is_told_once(aws, gcp, keep, event, clock) -> None:
    keep([aws, gcp], [event("old")])
    tail = Tail([aws, gcp], clock_ms=clock)
    assert ids(tail) == []
    keep([gcp], [event("new"), event("newer")], seed=b"2")
    assert ids(tail) == ["new", "newer"]
    keep([aws], [event("new"), event("newer")], seed=b"2")
    assert ids(tail) == []


def test_an_event_that_is_sent_again_is_not_told_again(aws, gcp, keep, event, clock) -> None:
    tail = Tail([aws, gcp], since_ms=0, clock_ms=clock)
    keep([aws], [event(1)])
    assert ids(tail) == ["1"]
    keep([aws], [event(1), event(2)], seed=b"2")
    assert ids(tail) == ["2"]


def test_events_are_told_in_the_order_in_which_they_were_accepted(aws, gcp, keep, event, clock) -> None:
    keep([aws], [event(2, type="a")], at_ms=T0_MS + 2)
    keep([gcp], [event(1, type="b")], at_ms=T0_MS + 1)
    assert ids(Tail([aws, gcp], since_ms=0, clock_ms=clock)) == ["1", "2"]


def test_since_and_type_choose(aws, gcp, keep, event, clock) -> None:
    keep([aws], [event(1), event(2, type="other")])
    keep([aws], [event(3)], at_ms=T0_MS + 5)
    assert ids(Tail([aws], since_ms=T0_MS + 1, clock_ms=clock)) == ["3"]
    assert ids(Tail([aws], since_ms=0, type_="other", clock_ms=clock)) == ["2"]


def test_a_type_that_is_new_is_found_at_the_next_listing_of_everything(aws, keep, event, clock) -> None:
    tail = Tail([aws], since_ms=0, clock_ms=clock, discover_seconds=15)
    assert ids(tail) == []
    keep([aws], [event(1)])
    clock.now_ms += 1000
    assert ids(tail) == []
    clock.now_ms += 15_000
    assert ids(tail) == ["1"]


def test_the_hour_before_is_still_watched(aws, keep, event, clock) -> None:
    keep([aws], [event(0)])
    tail = Tail([aws], since_ms=0, clock_ms=clock, discover_seconds=10**9)
    tail.poll()
    clock.now_ms += HOUR_MS
    keep([aws], [event("late")], seed=b"2")
    keep([aws], [event("now")], at_ms=clock.now_ms, seed=b"3")
    assert ids(tail) == ["late", "now"]


def test_polling_lists_the_recent_hours_alone(keep, event, clock) -> None:
    class Watched(MemoryBucket):
        prefixes: list[str] = []  # noqa: RUF012 - one bucket, one test

        def list(self, prefix: str = "") -> Any:
            self.prefixes.append(prefix)
            return super().list(prefix)

    bucket = Watched("aws")
    keep([bucket], [event(1)])
    tail = Tail([bucket], clock_ms=clock)
    tail.poll()
    bucket.prefixes.clear()
    tail.poll()
    assert bucket.prefixes == [
        "events/type=com.example.flight.departed/date=2025-11-24/hour=15/",
        "events/type=com.example.flight.departed/date=2025-11-24/hour=16/",
    ]


def test_while_one_cloud_is_out_the_other_is_followed_and_it_is_said(aws, gcp, keep, event, clock) -> None:
    tail = Tail([aws, gcp], since_ms=0, clock_ms=clock)
    tail.poll()
    aws.out = True
    keep([gcp], [event(1)])
    clock.now_ms += 20_000
    assert ids(tail) == ["1"]
    assert list(tail.out) == ["aws"]


def test_a_damaged_object_is_told_once_and_stops_nothing(aws, keep, event, clock) -> None:
    (bad,) = keep([aws], [event(1)])
    keep([aws], [event(2)], seed=b"2")
    aws.objects[bad] = b"damaged"
    tail = Tail([aws], since_ms=0, clock_ms=clock)
    assert ids(tail) == ["2"]
    assert len(tail.problems) == 1
    assert (ids(tail), tail.problems) == ([], [])


def test_following_ends_when_it_is_told_to(aws, keep, event, clock) -> None:
    keep([aws], [event(1)])
    waits: list[float] = []
    told = [
        a.event["id"]
        for a in Tail([aws], since_ms=0, clock_ms=clock).follow(stop=lambda: len(waits) > 1, wait=waits.append)
    ]
    assert (told, waits) == (["1"], [1.0, 1.0])
