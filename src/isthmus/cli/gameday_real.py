"""`isthmus gameday run --target aws-gcp`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from isthmus.cli import exits
from isthmus.cli.output import print_json

if TYPE_CHECKING:
    from isthmus.gamedays.scenario import Scenario


def run_there(found: list[Scenario], env: str, approval: str, *, execute: bool, as_json: bool) -> int:
    """Says what scenarios would do on the real clouds, or does it; returns the exit code."""
    from isthmus.gamedays import script as scripts
    from isthmus.gamedays.there import Place
    from isthmus.local.project import project_root

    place = Place.of(project_root(), env)
    made = {one.name: scripts.script(one, place) for one in found}
    if as_json:
        print_json({name: {"digest": scripts.digest(text), "script": text} for name, text in made.items()})
    elif not execute:
        for text in made.values():
            typer.echo(text)
        typer.echo("# Nothing was done. --execute does it; prod needs --approval DIGEST.", err=True)
    return _execute(made, env, approval) if execute else exits.OK


def _execute(made: dict[str, str], env: str, approval: str) -> int:
    from isthmus.cli.desk import desk_of
    from isthmus.gamedays import permission
    from isthmus.gamedays import script as scripts

    desk = desk_of()
    for text in made.values():
        permission.require(desk, text, env, approval)
    for name, text in made.items():
        typer.echo(f"{name}: running on {env}", err=True)
        code = scripts.execute(text)
        if code:
            typer.echo(f"{name}: ended with {code}; what it broke was healed as far as its last lines say", err=True)
            return exits.FAILED
    return exits.OK
