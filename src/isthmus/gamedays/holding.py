"""Holding a game day: clouds up, scenarios one by one, the report after each, everything as it was before."""

from __future__ import annotations

import platform
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from isthmus import __version__
from isthmus.gamedays import evidence
from isthmus.gamedays.evidence import Report
from isthmus.gamedays.page import render
from isthmus.gamedays.running import check_site, run_all
from isthmus.gamedays.scenario import Scenario
from isthmus.gamedays.site import Site
from isthmus.local import lifecycle
from isthmus.local.rundir import RunDirectory
from isthmus.local.state import look

Say = Callable[[str], None]


@dataclass(frozen=True)
class Held:
    """A game day that was held.

    Attributes:
        report: What it found.
        folder: Where its evidence is.
        interrupted: Whether somebody ended it.
    """

    report: Report
    folder: Path
    interrupted: bool


def hold(scenarios: Sequence[Scenario], out: Path | None, say: Say, run: RunDirectory | None = None) -> Held:
    """Runs scenarios on a run, this shell's unless told; clouds that were down are down again afterwards.

    The report is written after each scenario, so that what was found is there whatever comes.

    Raises:
        ConfigurationError: A scenario can't be carried out here.
        IsthmusError: A cloud can't be started, or something can't be healed.
    """
    run = run or RunDirectory.current()
    now = datetime.now(UTC)
    report = Report(now.isoformat(timespec="seconds"), __version__, f"{platform.system()} {platform.machine()}")
    folder = (out or run.root / "gamedays" / f"{now:%Y%m%dT%H%M%SZ}").absolute()
    with _up(run, say) as site:
        for scenario in scenarios:
            check_site(scenario, site)
        folder = _unused(folder)
        for one in run_all(scenarios, site, folder, say):
            report = replace(report, scenarios=(*report.scenarios, one))
            evidence.write(report, folder, render(report))
            say(f"{one.title}: {'passed' if one.passed else 'FAILED'}{f' ({one.problem})' if one.problem else ''}")
    return Held(report, folder, any(one.status == "interrupted" for one in report.scenarios))


@contextmanager
def _up(run: RunDirectory, say: Say) -> Iterator[Site]:
    was_up = look(run).level == "up"
    if not was_up:
        lifecycle.up(run, say, enforce_iam=True)
    try:
        yield Site.of(run)
    finally:
        if not was_up:
            say("stopping the clouds, which were down before")
            lifecycle.down(run)


def _unused(folder: Path) -> Path:
    """The folder, or one beside it where there is evidence in it already."""
    number, found = 1, folder
    while found.exists() and any(found.iterdir()):
        number += 1
        found = folder.with_name(f"{folder.name}-{number}")
    return found
