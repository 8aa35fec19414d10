"""Schedules repeat by their seed, and whatever is broken is healed."""

from __future__ import annotations

import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from isthmus.core.errors import ConfigurationError, Unavailable
from isthmus.gamedays import faults
from isthmus.gamedays.carrying import FaultRunner
from isthmus.gamedays.faults import Fault, Freeze, Outage
from isthmus.gamedays.schedule import Window, from_json, one_after_the_other, random_schedule


class RememberingTarget:
    """Remembers what is broken now and what ever was."""

    def __init__(self) -> None:
        self.broken: dict[str, Fault] = {}
        self.ever: list[str] = []
        self.began = threading.Event()
        self.fail = False

    def begin(self, fault: Fault, label: str) -> None:
        """Remembers a fault."""
        if self.fail:
            raise Unavailable("the proxy is gone")
        self.broken[label] = fault
        self.ever.append(str(fault))
        self.began.set()

    def end(self, label: str) -> None:
        """Forgets it."""
        self.broken.pop(label, None)


@given(st.integers(), st.floats(1, 60))
def test_a_random_schedule_repeats_and_stays_in_its_span(seed: int, span: float) -> None:
    """The same seed, the same faults; each begins within the span, and is read again from JSON."""
    schedule = random_schedule(seed, span)
    assert schedule == random_schedule(seed, span)
    assert 1 <= len(schedule) <= 4
    assert from_json([window.to_json() for window in schedule]) == schedule
    for window in schedule:
        assert 0 <= window.start_seconds <= span
        assert window.seconds > 0


def test_every_kind_of_fault_comes_up() -> None:
    """In 300 seeds."""
    found = {window.fault.kind for seed in range(300) for window in random_schedule(seed, 6)}
    # The name servers are not on the way of an event.
    assert found == set(faults.KINDS) - {"dns"}


def test_nothing_is_asked_of_a_frozen_cloud() -> None:
    """A fault that a cloud's own calls set would wait for the thaw."""
    for seed in range(500):
        schedule = random_schedule(seed, 4)
        for frozen in (window for window in schedule if isinstance(window.fault, Freeze)):
            for window in schedule:
                if window.fault.through == frozen.fault.cloud:
                    assert not frozen.start_seconds <= window.start_seconds <= frozen.end_seconds
                    assert not frozen.start_seconds <= window.end_seconds <= frozen.end_seconds


def test_every_fault_is_set_and_healed() -> None:
    """Overlapping ones, too."""
    target = RememberingTarget()
    schedule = (
        Window(0.0, 0.05, Outage("aws")),
        Window(0.01, 0.08, Freeze("gcp")),
        Window(0.02, 0.03, Freeze("gcp")),
    )
    with FaultRunner(schedule, target) as runner:
        runner.wait()
    assert sorted(target.ever) == ["aws refuse", "gcp freeze", "gcp freeze"]
    assert not target.broken


def test_leaving_early_heals_at_once() -> None:
    """An interrupted schedule leaves nothing broken."""
    target = RememberingTarget()
    with FaultRunner((Window(0.0, 600, Outage("aws", "hang")),), target):
        assert target.began.wait(5)
    assert not target.broken


def test_a_fault_that_cannot_be_set_is_told() -> None:
    """The load must not be judged as if it had been broken."""
    target = RememberingTarget()
    target.fail = True
    with (
        pytest.raises(Unavailable, match="the proxy is gone"),
        FaultRunner((Window(0.0, 0.01, Outage("aws", "hang")),), target) as runner,
    ):
        runner.wait()


def test_the_demo_breaks_one_cloud_after_the_other() -> None:
    """They never overlap."""
    first, second = one_after_the_other(first_seconds=2, outage_seconds=10, between_seconds=2)
    assert (first.fault, second.fault) == (Outage("aws"), Outage("gcp"))
    assert first.end_seconds < second.start_seconds


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"kind": "flood"}, "there is no kind “flood”"),
        ({"kind": "outage", "cloud": "azure"}, "there is no cloud “azure”"),
        ({"kind": "outage", "cloud": "aws", "how": "explode"}, "“explode” is not a fault"),
        ({"kind": "link", "link": "aws.moon", "how": "hang"}, "there is no link “aws.moon”"),
        ({"kind": "pause", "cloud": "aws", "consumer": "reader"}, "there is no consumer “reader”"),
        ({"kind": "poison", "cloud": "aws", "count": 0}, "count is 0"),
        ({"kind": "credentials", "role": "root"}, "there is no role “root”"),
        ({"kind": "freeze", "cloud": "aws", "how": "hard"}, "can't have that"),
    ],
)
def test_a_fault_that_cannot_be_is_refused(fields: dict, said: str) -> None:
    with pytest.raises(ConfigurationError, match=said):
        faults.from_json(fields)
