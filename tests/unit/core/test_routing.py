"""Routing: home first, the other when home is out, and back."""

from __future__ import annotations

import pytest

from isthmus.adapters.memory import MemoryBroker
from isthmus.core import uuid7
from isthmus.core.errors import Unavailable
from isthmus.core.frames import Frame
from isthmus.core.routing import Dispatcher, other


class Clock:
    """Seconds that pass when told."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


class Counting(MemoryBroker):
    """Counts how often it was tried."""

    tries = 0

    def publish(self, frame: Frame) -> None:
        self.tries += 1
        super().publish(frame)


@pytest.fixture
def made() -> tuple[Counting, Counting, Clock, Dispatcher]:
    home, away, clock = Counting("gcp"), Counting("aws"), Clock()
    return home, away, clock, Dispatcher([home, away], cool_down_seconds=5.0, clock=clock)


def frame() -> Frame:
    return Frame(uuid7.new(), "t", "gcp", 1, b"{}\n", False)


def test_a_frame_goes_to_the_home_broker(made) -> None:
    home, away, _, dispatcher = made
    assert dispatcher.publish(frame()).origin == "gcp"
    assert (home.tries, away.tries) == (1, 0)


def test_a_frame_that_home_refuses_goes_to_the_other_with_that_origin(made) -> None:
    home, away, _, dispatcher = made
    home.out = True
    sent = frame()
    published = dispatcher.publish(sent)
    assert (published.origin, published.id) == ("aws", sent.id)
    assert away.frames() == [published]


def test_a_broker_that_failed_is_tried_last_for_a_while_and_first_again_after(made) -> None:
    home, away, clock, dispatcher = made
    home.out = True
    dispatcher.publish(frame())
    dispatcher.publish(frame())
    assert (home.tries, away.tries) == (1, 2)
    home.out, clock.now = False, 5.0
    assert dispatcher.publish(frame()).origin == "gcp"


def test_a_broker_that_cools_down_is_still_tried_when_the_other_is_out(made) -> None:
    home, away, _, dispatcher = made
    home.out = True
    dispatcher.publish(frame())
    home.out, away.out = False, True
    assert dispatcher.publish(frame()).origin == "gcp"


def test_when_no_broker_takes_it_both_faults_are_said(made) -> None:
    home, away, _, dispatcher = made
    home.out = away.out = True
    with pytest.raises(Unavailable, match=r"gcp: the broker is out; aws: the broker is out"):
        dispatcher.publish(frame())


def test_the_other_cloud_of_each() -> None:
    assert (other("aws"), other("gcp")) == ("gcp", "aws")
