"""`isthmus gameday`."""

from __future__ import annotations

import random
from typing import Annotated

import typer

from isthmus.cli.output import JSON, print_json, print_table, progress

app = typer.Typer(no_args_is_help=True, help="Faults on a schedule, and the check that nothing was lost.")


@app.callback()
def gameday() -> None:
    """Faults on a schedule, and the check that nothing was lost."""


@app.command()
def soak(
    seed: Annotated[int | None, typer.Option("--seed", help="The first seed; a random one if left out.")] = None,
    runs: Annotated[int, typer.Option("--runs", min=1, max=1000, help="How many seeds.")] = 20,
    seconds: Annotated[float, typer.Option("--seconds", min=1, max=60, help="Length of each run's load.")] = 6.0,
    json: Annotated[bool, JSON] = False,
) -> None:
    """Send events under random outages, hangs, delays, resets and freezes of either cloud, and check every one.

    Each seed gives the same schedule again. Exit code 0 only if no run lost, doubled or changed an event.

    \b
    Example:
      isthmus gameday soak --seed 1 --runs 20
      isthmus gameday soak --seed 7 --runs 1 --json
    """
    from dataclasses import asdict

    from isthmus.gamedays.soak import soak as run_soak
    from isthmus.local.rundir import RunDirectory

    first = random.randrange(1, 1_000_000) if seed is None else seed  # noqa: S311 - printed, so that it can be repeated
    run = RunDirectory(RunDirectory.current().root.parent / "soak")
    done = []
    for result in run_soak(run, first, runs, seconds, progress()):
        typer.echo(f"seed {result.seed}: {'passed' if result.passed else 'FAILED'} in {result.seconds} s", err=True)
        done.append(result)
    if json:
        print_json([asdict(result) for result in done])
    else:
        columns = ("seed", "faults", "acknowledged", "missing", "duplicated", "differing", "failovers", "spooled", "s")
        rows = [
            (
                r.seed,
                len(r.schedule),
                r.acknowledged,
                r.missing,
                r.duplicated,
                r.differing,
                r.failovers,
                r.spooled,
                r.seconds,
            )
            for r in done
        ]
        print_table(columns, rows)
    if not all(result.passed for result in done):
        raise typer.Exit(1)
