"""A pace: no more than its rate, and nothing saved up."""

from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as st

from isthmus.archive.pace import Pace


@given(st.floats(0.1, 1000), st.lists(st.floats(0, 5), min_size=1, max_size=30))
def test_no_second_has_more_than_the_rate(rate: float, pauses: list[float]) -> None:
    now = [0.0]

    def sleep(seconds: float) -> None:
        now[0] += seconds

    pace = Pace(rate, clock=lambda: now[0], sleep=sleep)
    turns = []
    for pause in pauses:
        now[0] += pause
        pace.wait()
        turns.append(now[0])
    assert all(later - earlier >= 1 / rate - 1e-6 for earlier, later in itertools.pairwise(turns))


def test_without_a_rate_nobody_waits() -> None:
    Pace(None, sleep=lambda seconds: (_ for _ in ()).throw(AssertionError)).wait()
