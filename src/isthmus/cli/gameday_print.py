"""How `isthmus gameday` prints."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING

import typer

from isthmus.cli.output import print_json, print_table

if TYPE_CHECKING:
    from isthmus.gamedays.evidence import Report
    from isthmus.gamedays.scenario import Scenario
    from isthmus.gamedays.soak import SoakRun

_SOAK = ("seed", "faults", "acknowledged", "missing", "duplicated", "differing", "failovers", "spooled", "s")


def print_soak(done: Sequence[SoakRun], as_json: bool) -> None:
    """Prints the runs, and of each that failed the smallest schedule that still does."""
    if as_json:
        print_json(done)
        return
    rows = [
        (
            one.seed,
            len(one.schedule),
            one.acknowledged,
            one.missing,
            one.duplicated,
            one.differing,
            one.failovers,
            one.spooled,
            one.seconds,
        )
        for one in done
    ]
    print_table(_SOAK, rows)
    for one in done:
        if not one.passed:
            typer.echo(f"seed {one.seed} failed{': ' + one.problem if one.problem else ''}", err=True)
            typer.echo(f"the smallest schedule that fails, found in {one.tries} runs; --schedule takes it:", err=True)
            typer.echo(json.dumps(one.smallest, indent=2), err=True)


def print_scenarios(found: Sequence[Scenario], as_json: bool) -> None:
    """Prints what scenarios there are."""
    if as_json:
        print_json([_facts(one) for one in found])
        return
    rows = [(one.name, one.title, ", ".join(map(str, one.faults)), len(one.criteria)) for one in found]
    print_table(("scenario", "title", "breaks", "criteria"), rows)


def _facts(one: Scenario) -> dict[str, object]:
    return {
        "name": one.name,
        "title": one.title,
        "description": one.description,
        "tags": one.tags,
        "faults": [fault.to_json() for fault in one.faults],
        "criteria": [criterion.text for criterion in one.criteria],
        "runbook": one.runbook,
    }


_REPORT = ("scenario", "", "RTO s", "recovery s", "RPO s", "budget %", "failed", "lost", "doubled", "differing", "s")
_MEASURED = (
    "publisher_rto",
    "recovery",
    "rpo",
    "error_budget",
    "failed_sends",
    "lost",
    "duplicated",
    "differing",
)


def print_report(report: Report) -> None:
    """Prints a line a scenario, and under it what did not hold."""
    rows = [
        (
            one.scenario,
            "passed" if one.passed else "FAILED",
            *(_rounded(one.measured.get(name)) for name in _MEASURED),
            one.seconds,
        )
        for one in report.scenarios
    ]
    print_table(_REPORT, rows)
    for one in report.scenarios:
        if one.problem:
            typer.echo(f"{one.scenario}: {one.problem}", err=True)
        for judged in one.criteria:
            if not judged.passed:
                said = "not measured" if judged.measured is None else f"{judged.measured:.4g} {judged.unit}"
                typer.echo(f"{one.scenario}: {judged.text} does not hold: {said}", err=True)


def _rounded(value: float | None) -> float | int | None:
    if value is None:
        return None
    return int(value) if value == int(value) else round(value, 2)
