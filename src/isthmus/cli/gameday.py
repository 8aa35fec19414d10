"""`isthmus gameday`."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Annotated

import typer

from isthmus.cli import exits
from isthmus.cli.output import JSON, progress

app = typer.Typer(no_args_is_help=True, help="Faults on a schedule, and the check that nothing was lost.")


@app.callback()
def gameday() -> None:
    """Faults on a schedule, and the check that nothing was lost."""


@app.command()
def soak(
    seed: Annotated[int | None, typer.Option("--seed", help="The first seed; a random one if left out.")] = None,
    runs: Annotated[int, typer.Option("--runs", min=1, max=1000, help="How many seeds.")] = 20,
    seconds: Annotated[float, typer.Option("--seconds", min=1, max=60, help="Length of each run's load.")] = 2.0,
    schedule: Annotated[Path | None, typer.Option("--schedule", help="Run the schedule of a file instead.")] = None,
    json: Annotated[bool, JSON] = False,
) -> None:
    """Send events under random faults of every kind, and check every one.

    Each seed gives the same schedule again; one that fails is shrunk to the smallest that still does. Exit code 0 only
    if no run lost, doubled or changed an event.

    \b
    Example:
      isthmus gameday soak --seed 1 --runs 20
      isthmus gameday soak --seed 7 --runs 1 --seconds 6 --json
      isthmus gameday soak --schedule smallest.json
    """
    from isthmus.cli.gameday_print import print_soak
    from isthmus.gamedays import soak as soaking
    from isthmus.local.rundir import RunDirectory

    first = random.randrange(1, 1_000_000) if seed is None else seed  # noqa: S311 - printed, so that it can be repeated
    schedules = [(0, soaking.read(schedule))] if schedule else soaking.seeded(first, runs, seconds)
    run = RunDirectory(RunDirectory.current().root.parent / "soak")
    done = []
    for result in soaking.soak(run, schedules, seconds, progress()):
        typer.echo(f"seed {result.seed}: {'passed' if result.passed else 'FAILED'} in {result.seconds} s", err=True)
        done.append(result)
    print_soak(done, json)
    if not all(result.passed for result in done):
        raise typer.Exit(exits.FAILED)
