"""`isthmus slo`: whether what is promised is kept."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from isthmus.cli import exits
from isthmus.cli.output import JSON, print_json, print_table


def slo(json: Annotated[bool, JSON] = False) -> None:
    """Show the objectives of terraform/slo.yaml: what was attained, what is left of each error budget, and what fires.

    A burn rate of 1 uses a budget up in exactly its window. The alarms that Terraform applied are evaluated, too. Exit
    code 5 when an alert or an alarm fires.

    \b
    Example:
      isthmus slo
      isthmus slo --json | jq '.slos[] | select(.firing != [])'
    """
    from isthmus.local.control.client import ControlClient
    from isthmus.local.rundir import RunDirectory

    control = ControlClient(RunDirectory.current())
    found = {**control.call("GET", "/metrics/slo"), **control.call("GET", "/metrics/alarms")}
    alarms = [one for one in found["alarms"] if one["tells"]]
    if json:
        print_json(found)
    else:
        _print(found)
        _print_alarms(alarms)
    fires = any(one["firing"] for one in found["slos"]) or any(one["state"] == "fires" for one in alarms)
    raise typer.Exit(exits.FIRES if fires else exits.OK)


def _print(found: dict[str, Any]) -> None:
    windows = list(found["slos"][0]["burn_rates"])
    columns = (
        "slo",
        "cloud",
        "objective",
        "attained",
        "budget left",
        *(f"burn {_window(w)}" for w in windows),
        "fires",
    )
    rows = [
        (
            one["slo"],
            one["cloud"],
            f"{one['objective']:.2%}",
            f"{one['attained']:.3%}",
            f"{one['budget_left']:.1%}",
            *(round(one["burn_rates"][window], 1) for window in windows),
            ", ".join(one["firing"]),
        )
        for one in found["slos"]
    ]
    print_table(columns, rows)
    for one in found["slos"]:
        if one["firing"]:
            typer.echo(f"{one['severity']}: {one['slo']} on {one['cloud']}. {one['says']} What to do: {one['runbook']}")


def _print_alarms(alarms: list[dict[str, Any]]) -> None:
    counts = {state: sum(one["state"] == state for one in alarms) for state in ("fires", "ok", "not measured")}
    typer.echo("alarms that Terraform applied: " + ", ".join(f"{count} {state}" for state, count in counts.items()))
    firing = [one for one in alarms if one["state"] == "fires"]
    if firing:
        print_table(("alarm", "cloud", "says"), [(one["name"], one["cloud"], one["says"]) for one in firing])


def _window(minutes: str) -> str:
    hours = int(minutes) / 60
    return f"{hours:g} h" if hours >= 1 else f"{minutes} min"
