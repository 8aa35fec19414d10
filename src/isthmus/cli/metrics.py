"""`isthmus metrics`: what both clouds do now, as figures."""

from __future__ import annotations

import time
from typing import Annotated, Any

import typer

from isthmus.cli.output import JSON, print_json, print_line, print_table

WATCH_SECONDS = 5.0


def metrics(
    match: Annotated[str, typer.Argument(help="Only metrics whose name has this in it.")] = "",
    json: Annotated[bool, JSON] = False,
    prometheus: Annotated[bool, typer.Option("--prometheus", help="As Prometheus reads them.")] = False,
    watch: Annotated[bool, typer.Option("--watch", help="Again every five seconds, until Ctrl-C.")] = False,
) -> None:
    """Show the figures of this run: requests, errors, queues, dead letters, lags, the balance, what it costs.

    docs/metrics.md says what each means, and where it comes from on either cloud.

    \b
    Example:
      isthmus metrics
      isthmus metrics queue --watch
      isthmus metrics --json | jq '.series[] | select(.value > 0)'
    """
    from isthmus.local.control.client import ControlClient
    from isthmus.local.rundir import RunDirectory

    control = ControlClient(RunDirectory.current())
    if prometheus:
        typer.echo(control.call("GET", "/metrics/prometheus")["text"], nl=False)
        return
    while True:
        found = control.call("GET", "/metrics/now")
        found["series"] = [one for one in found["series"] if match in one["metric"]]
        _print(found, json, watch)
        if not watch:
            return
        time.sleep(WATCH_SECONDS)


def _print(found: dict[str, Any], json: bool, watch: bool) -> None:
    if json:
        (print_line if watch else print_json)(found)
        return
    at = time.strftime("%H:%M:%S", time.localtime(found["at"])) if found["at"] else "not measured yet"
    columns = ("metric", "of", "value", "unit")
    rows = [(one["metric"], "/".join(one["labels"].values()), _short(one), one["unit"]) for one in found["series"]]
    print_table(columns, rows, title=at)


def _short(one: dict[str, Any]) -> float | int:
    value = float(one["value"])
    return int(value) if value.is_integer() else float(f"{value:.4g}")
