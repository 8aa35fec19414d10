"""Schedules of faults: fixed ones, and random ones that a seed gives again."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from isthmus.core.frames import CLOUDS
from isthmus.gamedays import faults
from isthmus.gamedays.faults import Fault
from isthmus.local.links import AWS_BROKER, AWS_BUCKET, GCP_BROKER, GCP_BUCKET

CALM_SECONDS = 0.5
"""Before and after a freeze, in which nothing is asked of the cloud."""

INSIDE = (AWS_BROKER, AWS_BUCKET, GCP_BROKER, GCP_BUCKET)


@dataclass(frozen=True)
class Window:
    """One fault for a time.

    Attributes:
        start_seconds: From the start of the load.
        seconds: How long.
        fault: What.
    """

    start_seconds: float
    seconds: float
    fault: Fault

    @property
    def end_seconds(self) -> float:
        """From the start of the load."""
        return self.start_seconds + self.seconds

    def lasting(self, seconds: float) -> Window:
        """The same for another time."""
        return replace(self, seconds=seconds)

    def to_json(self) -> dict[str, Any]:
        """As JSON values."""
        return {"start_seconds": self.start_seconds, "seconds": self.seconds, "fault": self.fault.to_json()}

    def __str__(self) -> str:
        return f"{self.fault} {self.start_seconds:.1f}–{self.end_seconds:.1f} s"


Schedule = tuple[Window, ...]


def from_json(windows: Iterable[Mapping[str, Any]]) -> Schedule:
    """Reads the windows that `Window.to_json` wrote.

    Raises:
        ConfigurationError: A fault is none.
    """
    return tuple(
        Window(float(one["start_seconds"]), float(one["seconds"]), faults.from_json(one["fault"])) for one in windows
    )


def one_after_the_other(*, first_seconds: float, outage_seconds: float, between_seconds: float) -> Schedule:
    """AWS cut off, a pause, then Google cut off: what `isthmus demo` does."""
    aws = Window(first_seconds, outage_seconds, faults.Outage("aws"))
    return (aws, Window(aws.end_seconds + between_seconds, outage_seconds, faults.Outage("gcp")))


def random_schedule(seed: int, span_seconds: float) -> Schedule:
    """Returns one to four faults within a span; the same seed and span give the same schedule.

    Faults may overlap, so both clouds can be out at once. What is broken and healed by a cloud's own calls is left out
    where that cloud is frozen at the time.
    """
    source = random.Random(f"isthmus-soak-{seed}-{span_seconds}")  # noqa: S311 - repeatable on purpose
    windows = [_window(source, span_seconds) for _ in range(source.randint(1, 4))]
    frozen = [window for window in windows if isinstance(window.fault, faults.Freeze)]
    windows = [window for window in windows if not any(_hinders(other, window) for other in frozen)]
    return tuple(sorted(windows, key=lambda window: window.start_seconds))


def _hinders(frozen: Window, window: Window) -> bool:
    """Whether a cloud is frozen, or not yet well again, when a fault is to be broken or healed by its calls."""
    moments = (window.start_seconds, window.end_seconds)
    near = any(frozen.start_seconds - CALM_SECONDS <= at <= frozen.end_seconds + CALM_SECONDS for at in moments)
    return isinstance(frozen.fault, faults.Freeze) and near and window.fault.through == frozen.fault.cloud


def _window(source: random.Random, span: float) -> Window:
    fault = source.choice(_MAKERS)(source)
    start = round(source.uniform(0, span * 0.8), 2)
    return Window(start, round(source.uniform(0.3, span * 0.5), 2), fault)


def _outage(source: random.Random) -> Fault:
    return faults.Outage(source.choice(CLOUDS), source.choice(("refuse", "hang", _delay(source), _reset(source))))


def _partition(source: random.Random) -> Fault:
    return faults.Partition(source.choice(("refuse", "hang", _delay(source))))


def _inside(source: random.Random) -> Fault:
    """A bad way from the functions to their own cloud's broker or bucket."""
    how = source.choice((_delay(source), _reset(source), "fail=10%", "refuse"))
    return faults.BadLink(source.choice(INSIDE), how)


def _delay(source: random.Random) -> str:
    return f"delay={source.randint(50, 1500)}ms"


def _reset(source: random.Random) -> str:
    return f"reset={source.randint(200, 60_000)}"


_MAKERS: tuple[Callable[[random.Random], Fault], ...] = (
    _outage,
    _outage,
    _partition,
    _inside,
    lambda source: faults.Outage(source.choice(CLOUDS), f"throttle={source.randint(20, 200)}KB/s"),
    lambda source: faults.Outage(source.choice(CLOUDS), "fail=1%"),
    lambda source: faults.Freeze(source.choice(CLOUDS)),
    lambda source: faults.Pause(source.choice(CLOUDS), source.choice(faults.CONSUMERS)),
    lambda source: faults.Poison(source.choice(CLOUDS), source.randint(1, 20)),
    lambda source: faults.Skew(float(source.choice((-90_000, -3600, -30, 30, 3600, 90_000)))),
    lambda source: faults.ExpiredCredentials("ingest"),
    lambda source: faults.DisabledKey(),
)
"""Equally likely; an outage twice, being what is feared most."""
