"""When the control process compacts."""

from __future__ import annotations

from isthmus.archive.compact import Compaction
from isthmus.core.errors import Unavailable
from isthmus.local.compaction import EVERY_SECONDS, Compactor


class Time:
    """A clock that a test sets."""

    now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_it_runs_an_hour_after_it_began_and_every_hour() -> None:
    clock, runs = Time(), []
    one = Compactor(lambda: runs.append(clock.now) or Compaction(current=2), clock)
    one.tick()
    assert (runs, one.last) == ([], None)
    for seconds in (EVERY_SECONDS - 1, EVERY_SECONDS, EVERY_SECONDS + 1, 2 * EVERY_SECONDS):
        clock.now = 1000.0 + seconds
        one.tick()
    assert runs == [1000.0 + EVERY_SECONDS, 1000.0 + 2 * EVERY_SECONDS]
    assert one.last is not None and (one.last["at"], one.last["current"]) == (clock.now, 2)


def test_a_run_that_fails_is_told_and_due_again() -> None:
    clock = Time()

    def out() -> Compaction:
        raise Unavailable("no archive can be read")

    one = Compactor(out, clock)
    assert one.run()["error"] == "no archive can be read"
    assert one.due == clock.now + EVERY_SECONDS
