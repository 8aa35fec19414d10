"""Shrinking: from a schedule under which something fails to the smallest one that still makes it fail."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from isthmus.gamedays.schedule import Schedule

TRIES_MAX = 40
"""Each try is a run; a schedule of four faults needs about fifteen."""

SECONDS_MIN = 0.2
"""A fault is not made shorter than this."""

Fails = Callable[[Schedule], bool]


@dataclass
class _Budget:
    """Counts the tries, and remembers what was tried."""

    fails: Fails
    left: int
    known: dict[Schedule, bool]

    def __call__(self, schedule: Schedule) -> bool:
        """Whether it fails; what can't be tried any more counts as passing."""
        if schedule not in self.known:
            if self.left == 0:
                return False
            self.left -= 1
            self.known[schedule] = self.fails(schedule)
        return self.known[schedule]


@dataclass(frozen=True)
class Shrunk:
    """What is left.

    Attributes:
        schedule: No fault of it can be left out, nor lasts half as long, without the failure being gone.
        tries: How many runs it took.
    """

    schedule: Schedule
    tries: int


def shrink(schedule: Schedule, fails: Fails, tries_max: int = TRIES_MAX) -> Shrunk:
    """Returns the smallest schedule found that fails; the same one, where nothing smaller does.

    Args:
        schedule: One that failed.
        fails: Runs one and says whether it failed.
        tries_max: How many runs may be made.
    """
    budget = _Budget(fails, tries_max, {schedule: True})
    schedule = _fewer(schedule, budget)
    schedule = _shorter(schedule, budget)
    return Shrunk(schedule, tries_max - budget.left)


def _fewer(schedule: Schedule, fails: Fails) -> Schedule:
    """Leaves out as many faults as it can, halves first and then one by one."""
    size = max(1, len(schedule) // 2)
    while True:
        smaller = next((rest for rest in _without(schedule, size) if fails(rest)), None)
        if smaller is not None:
            schedule = smaller
            size = max(1, min(size, len(schedule) // 2))
        elif size == 1:
            return schedule
        else:
            size //= 2


def _without(schedule: Schedule, size: int) -> list[Schedule]:
    return [schedule[:at] + schedule[at + size :] for at in range(0, len(schedule), size)] if schedule else []


def _shorter(schedule: Schedule, fails: Fails) -> Schedule:
    """Halves how long each fault lasts as often as it can."""
    for at in range(len(schedule)):
        while schedule[at].seconds / 2 >= SECONDS_MIN:
            half = schedule[at].lasting(round(schedule[at].seconds / 2, 2))
            tried = (*schedule[:at], half, *schedule[at + 1 :])
            if not fails(tried):
                break
            schedule = tried
    return schedule
