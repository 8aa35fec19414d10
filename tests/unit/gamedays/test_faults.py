"""Schedules repeat by their seed, and whatever is broken is healed."""

from __future__ import annotations

import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from isthmus.core.errors import Unavailable
from isthmus.core.frames import Cloud
from isthmus.gamedays.faults import FaultRunner
from isthmus.gamedays.schedule import KINDS, Window, one_after_the_other, random_schedule


class RememberingTarget:
    """Remembers what is broken now and what ever was."""

    def __init__(self) -> None:
        self.broken: set[str] = set()
        self.frozen: set[str] = set()
        self.ever: list[str] = []
        self.began = threading.Event()
        self.fail = False

    def break_links(self, cloud: Cloud, how: str, label: str) -> None:
        """Remembers a broken link."""
        if self.fail:
            raise Unavailable("the proxy is gone")
        self.broken.add(label)
        self.ever.append(how)
        self.began.set()

    def heal_links(self, label: str) -> None:
        """Forgets it."""
        self.broken.remove(label)

    def freeze(self, cloud: Cloud) -> None:
        """Remembers a frozen cloud."""
        assert cloud not in self.frozen or self.ever
        self.frozen.add(cloud)
        self.ever.append("freeze")
        self.began.set()

    def thaw(self, cloud: Cloud) -> None:
        """Forgets it."""
        self.frozen.remove(cloud)


@given(st.integers(), st.floats(1, 60))
def test_a_random_schedule_repeats_and_stays_in_its_span(seed: int, span: float) -> None:
    """The same seed, the same faults; each begins within the span and is of a known kind."""
    schedule = random_schedule(seed, span)
    assert schedule == random_schedule(seed, span)
    assert 1 <= len(schedule) <= 4
    for window in schedule:
        assert 0 <= window.start_seconds <= span
        assert window.seconds > 0
        assert window.how.partition("=")[0] in KINDS


def test_every_fault_is_set_and_healed() -> None:
    """Overlapping freezes of one cloud end with the last."""
    target = RememberingTarget()
    schedule = (
        Window(0.0, 0.05, "aws", "refuse"),
        Window(0.01, 0.08, "gcp", "freeze"),
        Window(0.02, 0.03, "gcp", "freeze"),
    )
    with FaultRunner(schedule, target) as runner:
        runner.wait()
    assert sorted(target.ever) == ["freeze", "freeze", "refuse"]
    assert not target.broken
    assert not target.frozen


def test_leaving_early_heals_at_once() -> None:
    """An interrupted schedule leaves nothing broken."""
    target = RememberingTarget()
    with FaultRunner((Window(0.0, 600, "aws", "hang"),), target):
        assert target.began.wait(5)
    assert not target.broken


def test_a_fault_that_cannot_be_set_is_told() -> None:
    """The load must not be judged as if it had been broken."""
    target = RememberingTarget()
    target.fail = True
    runner = FaultRunner((Window(0.0, 0.01, "aws", "hang"),), target)
    with pytest.raises(Unavailable, match="the proxy is gone"):
        runner._thread.start()
        runner.wait()


def test_the_demo_breaks_one_cloud_after_the_other() -> None:
    """They never overlap."""
    first, second = one_after_the_other(first_seconds=2, outage_seconds=10, between_seconds=2)
    assert (first.cloud, second.cloud) == ("aws", "gcp")
    assert first.end_seconds < second.start_seconds
