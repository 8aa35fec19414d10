"""Schedules of faults: fixed ones, and random ones that a seed gives again."""

from __future__ import annotations

import random
from dataclasses import dataclass

from isthmus.core.frames import CLOUDS, Cloud

FREEZE = "freeze"
"""SIGSTOP to everything inside a cloud; the other faults are between the clouds and the world."""

KINDS = ("refuse", "hang", "delay", "reset", FREEZE)


@dataclass(frozen=True)
class Window:
    """One fault for a time.

    Attributes:
        start_seconds: From the start of the load.
        seconds: How long.
        cloud: Whose links, or whose inside.
        how: A fault as `isthmus break --how` takes it, or `freeze`.
    """

    start_seconds: float
    seconds: float
    cloud: Cloud
    how: str

    @property
    def end_seconds(self) -> float:
        """From the start of the load."""
        return self.start_seconds + self.seconds

    def __str__(self) -> str:
        return f"{self.cloud} {self.how} {self.start_seconds:.1f}–{self.end_seconds:.1f} s"


Schedule = tuple[Window, ...]


def one_after_the_other(*, first_seconds: float, outage_seconds: float, between_seconds: float) -> Schedule:
    """AWS cut off, a pause, then Google cut off: what `isthmus demo` does."""
    aws = Window(first_seconds, outage_seconds, "aws", "refuse")
    return (aws, Window(aws.end_seconds + between_seconds, outage_seconds, "gcp", "refuse"))


def random_schedule(seed: int, span_seconds: float) -> Schedule:
    """Returns one to four faults within a span; the same seed and span give the same schedule.

    Faults may overlap, so both clouds can be out at once.
    """
    source = random.Random(f"isthmus-soak-{seed}-{span_seconds}")  # noqa: S311 - repeatable on purpose
    windows = [_window(source, span_seconds) for _ in range(source.randint(1, 4))]
    return tuple(sorted(windows, key=lambda window: window.start_seconds))


def _window(source: random.Random, span: float) -> Window:
    kind = source.choice(KINDS)
    how = {
        "delay": f"delay={source.randint(50, 1500)}ms",
        "reset": f"reset={source.randint(200, 60_000)}",
    }.get(kind, kind)
    start = round(source.uniform(0, span * 0.8), 2)
    return Window(start, round(source.uniform(0.3, span * 0.5), 2), source.choice(CLOUDS), how)
