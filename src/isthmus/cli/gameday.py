"""`isthmus gameday`."""

from __future__ import annotations

import random
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from isthmus.cli import exits
from isthmus.cli.output import JSON, print_json, progress

if TYPE_CHECKING:
    from isthmus.gamedays.scenario import Scenario

app = typer.Typer(no_args_is_help=True, help="Break things on purpose, and prove that nothing was lost.")

_OUT = typer.Option("--out", help="The folder of the evidence; gamedays/ in the run's folder if left out.")
_LOCAL, _REAL = "local", "aws-gcp"


@app.callback()
def gameday() -> None:
    """Break things on purpose, and prove that nothing was lost."""


@app.command(name="list")
def list_(json: Annotated[bool, JSON] = False) -> None:
    """List the scenarios: what each breaks, and what counts as a success.

    \b
    Example:
      isthmus gameday list
    """
    from isthmus.cli.gameday_print import print_scenarios
    from isthmus.gamedays import scenario
    from isthmus.local.project import project_root

    root = project_root()
    print_scenarios([scenario.find(root, name) for name in scenario.names(root)], json)


@app.command()
def run(
    names: Annotated[list[str] | None, typer.Argument(help="Scenarios by name, or files; see `list`.")] = None,
    every: Annotated[bool, typer.Option("--all", help="All scenarios.")] = False,
    target: Annotated[str, typer.Option("--target", help="local, or aws-gcp: say what it would do there.")] = _LOCAL,
    env: Annotated[str, typer.Option("--env", help="The environment, with --target aws-gcp.")] = "dev",
    execute: Annotated[bool, typer.Option("--execute", help="With --target aws-gcp: do it.")] = False,
    approval: Annotated[str, typer.Option("--approval", help="The digest that was approved; prod needs one.")] = "",
    out: Annotated[Path | None, _OUT] = None,
    json: Annotated[bool, JSON] = False,
) -> None:
    """Run scenarios: break, measure, heal, judge, and write a report.

    On the clouds of this run, which are started where they aren't up, and stopped again. Whatever is broken is healed
    however it ends; exit code 1 when a criterion does not hold.

    \b
    Example:
      isthmus gameday run aws-outage
      isthmus gameday run --all --out build/gamedays
      isthmus gameday run partition --target aws-gcp --env staging
    """
    from isthmus.gamedays import scenario
    from isthmus.local.project import project_root

    root = project_root()
    wanted = scenario.names(root) if every else list(names or [])
    if not wanted:
        raise typer.BadParameter("name a scenario, or say --all; `isthmus gameday list` has their names")
    if target not in (_LOCAL, _REAL):
        raise typer.BadParameter(f"there is no target “{target}”; use {_LOCAL} or {_REAL}")
    found = [scenario.find(root, name) for name in wanted]
    if target == _REAL:
        from isthmus.cli.gameday_real import run_there

        raise typer.Exit(run_there(found, env, approval, execute=execute, as_json=json))
    if execute or approval:
        raise typer.BadParameter("--execute and --approval go with --target aws-gcp")
    raise typer.Exit(_run_here(found, out, json))


@app.command()
def report(
    folder: Annotated[Path | None, typer.Argument(help="The folder of the evidence; the newest if left out.")] = None,
    json: Annotated[bool, JSON] = False,
) -> None:
    """Print what the last game day found, and where its page is.

    \b
    Example:
      isthmus gameday report
      isthmus gameday report build/gamedays --json
    """
    from isthmus.cli.gameday_print import print_report
    from isthmus.gamedays import evidence
    from isthmus.local.rundir import RunDirectory

    place = folder or evidence.newest(RunDirectory.current().root / "gamedays")
    found = evidence.read(place)
    if json:
        print_json(found.to_json())
        return
    print_report(found)
    typer.echo(f"the page: {place / evidence.HTML_FILE}")


@app.command()
def approve(
    name: Annotated[str, typer.Argument(help="The scenario.")],
    env: Annotated[str, typer.Option("--env", help="The environment.")] = "prod",
    hours: Annotated[float, typer.Option("--hours", help="How long it holds.")] = 24.0,
    approver: Annotated[str, typer.Option("--approver", help="Who approves; you if left out.")] = "",
    json: Annotated[bool, JSON] = False,
) -> None:
    """Approve that a scenario, as it is now, runs in an environment.

    \b
    Example:
      isthmus gameday approve aws-outage --env prod
    """
    from isthmus.cli.desk import desk_of
    from isthmus.gamedays import permission, scenario
    from isthmus.local.project import project_root

    found = scenario.find(project_root(), name)
    given = permission.approve(desk_of(), found, env, approver, hours)
    if json:
        print_json(given)
        return
    typer.echo(f"approved by {given.approver} until {given.until.isoformat()}: {given.digest}")


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


def _run_here(found: list[Scenario], out: Path | None, as_json: bool) -> int:
    from isthmus.cli.gameday_print import print_report
    from isthmus.gamedays import evidence, holding

    held = holding.hold(found, out, progress())
    if as_json:
        print_json(held.report.to_json())
    else:
        print_report(held.report)
        typer.echo(f"the page: {held.folder / evidence.HTML_FILE}")
    if held.interrupted:
        return exits.INTERRUPTED
    return exits.OK if held.report.passed else exits.FAILED
