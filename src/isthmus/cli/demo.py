"""`isthmus demo`."""

from __future__ import annotations

from typing import Annotated

import typer

from isthmus.cli.output import JSON, print_json, print_table, progress


def demo(
    events: Annotated[int, typer.Option("--events", min=1, max=50_000, help="How many flights are sent.")] = 50_000,
    outage: Annotated[float, typer.Option("--outage", min=0.1, help="Seconds that each cloud is cut off.")] = 10.0,
    json: Annotated[bool, JSON] = False,
) -> None:
    """Run both clouds, send real events while each of them is cut off in turn, and check that nothing was lost.

    It has a run of its own beside yours, and ends stopped and clean. Exit code 0 only if nothing is missing or doubled.

    \b
    Example:
      isthmus demo
      isthmus demo --events 10000 --outage 3 --json
    """
    from isthmus.gamedays.demo import DemoConfig, run_demo
    from isthmus.local.rundir import RunDirectory

    run = RunDirectory(RunDirectory.current().root.parent / "demo")
    report = run_demo(run, DemoConfig(events=events, outage_seconds=outage), progress())
    if json:
        print_json(report)
    else:
        print_table(("Isthmus demo", "result"), report.rows())
    if not report.passed:
        raise typer.Exit(1)
