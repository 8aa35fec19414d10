"""`isthmus alert`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from isthmus.cli.output import JSON, print_json


def alert(
    file: Annotated[Path, typer.Argument(help="A message, or what `isthmus drift --json` printed.", exists=True)],
    topic: Annotated[str, typer.Option("--topic", help="Publish it here: ARN of an environment's alarms.")] = "",
    commit: Annotated[str, typer.Option("--commit", help="Which commit a drift report compares with.")] = "",
    link: Annotated[str, typer.Option("--link", help="Where the report is.")] = "",
    json: Annotated[bool, JSON] = False,
) -> None:
    """Show what people would be told by a message of a budget, an alarm or a drift report; with --topic, tell them.

    The message goes the way that the clouds' own go: topic, queue, function, then Slack and e-mail. Nothing is
    published when it says nothing.

    \b
    Example:
      isthmus alert drift.json
      isthmus alert drift.json --topic arn:aws:sns:us-east-1:000000000000:isthmus-dev-alarms
    """
    from datetime import UTC, datetime

    from isthmus.change import alert as alerting

    body = alerting.dated(file.read_bytes(), datetime.now(UTC), commit, link)
    found = alerting.read(body)
    if topic:
        alerting.publish(topic, body)
    if json:
        print_json(found)
        return
    for one in found:
        typer.echo(f"{one.severity}: {one.title}")
        typer.echo("".join(f"  {name}: {value}\n" for name, value in one.facts if value) + one.text)
    if not found:
        typer.echo("nothing to tell")
