"""Carrying out a schedule on a run of the local clouds, and always healing what it broke."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable
from types import TracebackType
from typing import Protocol

from isthmus.core.errors import IsthmusError
from isthmus.core.frames import Cloud
from isthmus.gamedays.schedule import FREEZE, Schedule, Window


class Target(Protocol):
    """What can be broken: `isthmus.local` in the product, anything in a test."""

    def break_links(self, cloud: Cloud, how: str, label: str) -> None:
        """Sets a fault on a cloud's links under a label."""

    def heal_links(self, label: str) -> None:
        """Clears what a label set."""

    def freeze(self, cloud: Cloud) -> None:
        """Stops a cloud's inside where it stands."""

    def thaw(self, cloud: Cloud) -> None:
        """Lets a cloud's inside go on."""


class FaultRunner:
    """Runs a schedule in a thread beside the load; leaving the `with` block heals everything at once.

    Attributes:
        error: What went wrong while carrying it out; raised by `wait`.
    """

    def __init__(self, schedule: Schedule, target: Target, say: Callable[[str], None] = lambda _: None) -> None:
        self._schedule = schedule
        self._target = target
        self._say = say
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="isthmus-faults", daemon=True)
        self._open: dict[int, Window] = {}
        self._frozen: Counter[Cloud] = Counter()
        self.error: IsthmusError | None = None

    def __enter__(self) -> FaultRunner:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        self._thread.join()
        for number in list(self._open):
            self._end(number)

    def wait(self) -> None:
        """Waits for the end of the schedule.

        Raises:
            IsthmusError: when a fault could not be set or healed.
        """
        self._thread.join()
        if self.error:
            raise self.error

    def _run(self) -> None:
        began = time.monotonic()
        moments = [(w.start_seconds, True, n) for n, w in enumerate(self._schedule)]
        moments += [(w.end_seconds, False, n) for n, w in enumerate(self._schedule)]
        for at, begins, number in sorted(moments):
            if self._stop.wait(max(0.0, began + at - time.monotonic())):
                return
            try:
                self._begin(number) if begins else self._end(number)
            except IsthmusError as error:
                self.error = error
                return

    def _begin(self, number: int) -> None:
        window = self._schedule[number]
        self._say(f"{window.cloud}: {window.how} for {window.seconds:g} s")
        self._open[number] = window
        if window.how != FREEZE:
            self._target.break_links(window.cloud, window.how, f"schedule-{number}")
            return
        self._frozen[window.cloud] += 1
        self._target.freeze(window.cloud)

    def _end(self, number: int) -> None:
        window = self._open.pop(number)
        if window.how != FREEZE:
            self._target.heal_links(f"schedule-{number}")
        else:
            self._frozen[window.cloud] -= 1
            if not self._frozen[window.cloud]:
                self._target.thaw(window.cloud)
        self._say(f"{window.cloud}: {window.how} is over")
