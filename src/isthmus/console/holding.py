"""Holds one game day and tells its timeline while it grows."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from isthmus.core.errors import ConfigurationError
from isthmus.gamedays import holding, scenario, session
from isthmus.gamedays.timeline import Timeline
from isthmus.local.project import project_root
from isthmus.local.rundir import RunDirectory

TELL_SECONDS = 0.5

Say = Callable[[Any], None]


def hold_and_tell(run: RunDirectory, name: str, say: Say) -> dict[str, Any]:
    """Runs a scenario on a run that is up.

    Raises:
        ConfigurationError: There is no such scenario, or it can't be run here.
    """
    found = scenario.find(project_root(), name)
    teller = _Teller(say)
    teller.start()
    try:
        held = holding.hold([found], None, lambda text: say({"text": text}), run)
    finally:
        teller.stop()
    (one,) = held.report.scenarios
    return {
        "scenario": one.scenario,
        "title": one.title,
        "passed": one.passed,
        "problem": one.problem,
        "status": one.status,
        "seconds": one.seconds,
        "interrupted": held.interrupted,
        "criteria": [asdict(judged) for judged in one.criteria],
        "folder": held.folder.name,
    }


class _Teller(threading.Thread):
    """Looks at the open session's timeline and tells what is new in it."""

    def __init__(self, say: Say) -> None:
        super().__init__(name="isthmus-teller", daemon=True)
        self._say = say
        self._over = threading.Event()
        self._timeline: Timeline | None = None
        self._samples = self._moments = 0
        self._bands: list[Any] = []

    def stop(self) -> None:
        """Ends, with what is left to tell."""
        self._over.set()
        self.join()

    def run(self) -> None:
        """Tells until it is stopped."""
        over = False
        while not over:
            over = self._over.wait(TELL_SECONDS)
            with contextlib.suppress(ConfigurationError):  # Before the session and after it.
                self._timeline = session.current().timeline
            if self._timeline is not None:
                self._tell(self._timeline)

    def _tell(self, timeline: Timeline) -> None:
        samples, moments = timeline.samples[self._samples :], timeline.moments[self._moments :]
        self._samples += len(samples)
        self._moments += len(moments)
        bands = [asdict(band) for band in timeline.bands]
        if samples or moments or bands != self._bands:
            self._bands = bands
            # Every other sample is as much as a page can show.
            told = [asdict(sample) for sample in samples[::2]]
            self._say({"samples": told, "moments": [asdict(one) for one in moments], "bands": bands})
