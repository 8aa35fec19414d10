"""How `isthmus gameday` prints."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING

import typer

from isthmus.cli.output import print_json, print_table

if TYPE_CHECKING:
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
