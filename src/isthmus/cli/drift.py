"""`isthmus drift`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from isthmus.cli import exits
from isthmus.cli.output import JSON, print_json, print_table, progress
from isthmus.cli.plan import ENVIRONMENT

if TYPE_CHECKING:
    from isthmus.change.drift import Drift


def drift(
    environment: Annotated[str, ENVIRONMENT] = "dev",
    stacks: Annotated[
        list[str] | None,
        typer.Option("--stack", help="A stack; again for more. Those that `up` applies when left out."),
    ] = None,
    markdown: Annotated[Path | None, typer.Option("--markdown", help="Write a report here.")] = None,
    json: Annotated[bool, JSON] = False,
) -> None:
    """Read again what is deployed, and tell what is not as the code says. Nothing is changed.

    The exit code is 0 without drift, 2 with, and 1 when what is deployed can't be read.

    \b
    Example:
      isthmus drift
      isthmus drift --stack platform/aws --json
    """
    from isthmus.change import drift as drifts
    from isthmus.change import saved
    from isthmus.change.plans import Target
    from isthmus.cli.desk import desk_of, stacks_of

    desk = desk_of(packages=True)
    saved.known(desk.root, environment)
    say = progress()
    found = []
    for stack in stacks_of(desk, environment, stacks):
        say(f"drift: {environment} {stack}")
        found.append(drifts.drift(desk.stage, Target(environment, stack), desk.vault))
    if markdown:
        markdown.write_text(drifts.markdown(found), "utf-8")
    if json:
        print_json({"drift": any(each.differences for each in found), "stacks": found})
    else:
        _print(found)
    if not all(each.known for each in found):
        raise typer.Exit(exits.FAILED)
    if any(each.differences for each in found):
        raise typer.Exit(exits.DIFFERS)


def _print(found: list[Drift]) -> None:
    from isthmus.cli.problems import print_problems

    print_problems([problem for each in found for problem in each.problems])
    for each in found:
        for one in each.differences:
            typer.echo(f"{each.target} {one.address}: {one.kind}")
            for part in one.attributes:
                typer.echo(f"  {part.name}: {part.deployed}, the code says {part.wanted}")
    rows = [(str(each.target), str(len(each.differences)) if each.known else "not known") for each in found]
    print_table(("stack", "resources that differ"), rows, "Drift")
