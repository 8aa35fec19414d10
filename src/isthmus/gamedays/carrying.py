"""Carrying out a schedule beside a load, and always healing what it broke."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from types import TracebackType
from typing import Protocol

from isthmus.core.errors import IsthmusError
from isthmus.gamedays.faults import Fault
from isthmus.gamedays.schedule import Schedule, Window


class Target(Protocol):
    """What can be broken: a `Breaker` in the product, anything in a test."""

    def begin(self, fault: Fault, label: str) -> None:
        """Carries a fault out under a label."""

    def end(self, label: str) -> None:
        """Heals what a label stands for; harmless when it is healed."""


class FaultRunner:
    """Runs a schedule beside the load, each fault in a thread of its own, so that none waits for another.

    Leaving the `with` block heals everything at once.
    """

    def __init__(self, schedule: Schedule, target: Target, say: Callable[[str], None] = lambda _: None) -> None:
        self._target = target
        self._say = say
        self._stop = threading.Event()
        self._began = 0.0
        self._errors: list[IsthmusError] = []
        self._threads = [
            threading.Thread(target=self._run, args=(number, window), name=f"isthmus-fault-{number}", daemon=True)
            for number, window in enumerate(schedule)
        ]

    def __enter__(self) -> FaultRunner:
        self._began = time.monotonic()
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def wait(self) -> None:
        """Waits for the end of the schedule.

        Raises:
            IsthmusError: when a fault could not be set or healed.
        """
        for thread in self._threads:
            thread.join()
        if self._errors:
            raise self._errors[0]

    def _run(self, number: int, window: Window) -> None:
        label = f"schedule-{number}"
        if self._over(window.start_seconds):
            return
        self._say(f"{window.fault} for {window.seconds:g} s")
        self._try(lambda: self._target.begin(window.fault, label))
        self._over(window.end_seconds)
        if self._try(lambda: self._target.end(label)):
            self._say(f"{window.fault} is over")

    def _over(self, at: float) -> bool:
        """Waits for a moment of the schedule; True when everything is to be healed before it comes."""
        return self._stop.wait(max(0.0, self._began + at - time.monotonic()))

    def _try(self, act: Callable[[], None]) -> bool:
        try:
            act()
        except IsthmusError as error:
            self._errors.append(error)
            return False
        return True
