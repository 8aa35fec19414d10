"""Shrinking finds the smallest schedule that fails, on a target that is broken on purpose."""

from __future__ import annotations

import pytest

from isthmus.gamedays.faults import Freeze, Outage, Partition, Skew
from isthmus.gamedays.schedule import Schedule, Window
from isthmus.gamedays.shrink import SECONDS_MIN, shrink
from isthmus.gamedays.soak import SoakRun, examine

SCHEDULE = (
    Window(0.1, 1.0, Skew(30)),
    Window(0.2, 1.6, Partition()),
    Window(0.3, 1.0, Outage("aws", "hang")),
    Window(0.5, 2.0, Freeze("gcp")),
)


def overlap(schedule: Schedule) -> float:
    """Seconds in which the clouds are parted and Google is frozen: when the broken target loses events."""
    parted = [window for window in schedule if isinstance(window.fault, Partition)]
    frozen = [window for window in schedule if isinstance(window.fault, Freeze)]
    both = [min(p.end_seconds, f.end_seconds) - max(p.start_seconds, f.start_seconds) for p in parted for f in frozen]
    return max(both, default=0.0)


def broken(seed: int, schedule: Schedule) -> SoakRun:
    """A target that loses an event for each tenth of a second of that."""
    lost = max(0, round(overlap(schedule) * 10))
    return SoakRun(seed, tuple(map(str, schedule)), acknowledged=100, missing=lost, passed=not lost)


def test_what_has_no_part_in_a_failure_is_left_out() -> None:
    (result,) = examine([(7, SCHEDULE)], broken)
    assert not result.passed
    assert [window["fault"]["kind"] for window in result.smallest] == ["partition", "freeze"]
    assert 0 < result.tries <= 15


def test_the_faults_that_stay_last_no_longer_than_they_must() -> None:
    found = shrink(SCHEDULE, lambda schedule: overlap(schedule) > 0).schedule
    assert overlap(found) > 0
    for at, window in enumerate(found):
        shorter = (*found[:at], window.lasting(window.seconds / 2), *found[at + 1 :])
        assert overlap(shorter) <= 0 or window.seconds / 2 < SECONDS_MIN


def test_the_same_failure_shrinks_to_the_same_schedule() -> None:
    first, second = (list(examine([(7, SCHEDULE)], broken)) for _ in range(2))
    assert first == second


def test_a_target_that_always_fails_needs_no_fault() -> None:
    assert shrink(SCHEDULE, lambda schedule: True).schedule == ()


def test_a_failure_that_does_not_come_back_keeps_its_schedule() -> None:
    assert shrink(SCHEDULE, lambda schedule: False).schedule == SCHEDULE


@pytest.mark.parametrize("most", [0, 1, 3])
def test_it_ends_when_its_tries_do(most: int) -> None:
    tried: list[Schedule] = []

    def fails(schedule: Schedule) -> bool:
        tried.append(schedule)
        return overlap(schedule) > 0

    assert shrink(SCHEDULE, fails, most).tries == len(tried) <= most


def test_what_passes_is_not_shrunk() -> None:
    calm = (Window(0.0, 1.0, Outage("aws")),)
    (result,) = examine([(1, calm)], broken)
    assert result.passed
    assert result.tries == 0
