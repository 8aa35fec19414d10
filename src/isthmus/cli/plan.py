"""`isthmus plan`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from isthmus.cli.output import JSON, print_json, print_table, progress
from isthmus.cli.resources import ALL, print_resources

if TYPE_CHECKING:
    from isthmus.change.saved import Made

ENVIRONMENT = typer.Option("--env", help="The environment.")


def plan(
    environment: Annotated[str, ENVIRONMENT] = "dev",
    stacks: Annotated[
        list[str] | None,
        typer.Option("--stack", help="A stack; again for more. Those that `up` applies when left out."),
    ] = None,
    dirty: Annotated[bool, typer.Option("--dirty", help="Plan what is not committed, too.")] = False,
    out: Annotated[
        Path | None, typer.Option("--out", help="Write the saved plans into this folder, sealed by ISTHMUS_PLAN_KEY.")
    ] = None,
    every: Annotated[bool, ALL] = False,
    json: Annotated[bool, JSON] = False,
) -> None:
    """Plan what is deployed, judge and price the plan, save it, and print the digest that an approval is about.

    The digest covers the plan, the policies' verdict, the cost, the commit, the environment and the state. The local
    clouds are planned upon when they are up. A saved plan holds secrets: only its owner can read it.

    \b
    Example:
      isthmus plan --env dev --stack platform/aws
      isthmus approve DIGEST
      isthmus apply --approved DIGEST
    """
    from isthmus.change import saved
    from isthmus.change.plans import Target
    from isthmus.cli.desk import desk_of, stacks_of

    desk = desk_of(packages=True)
    saved.known(desk.root, environment)
    if out:
        saved.sealable(desk)
    say = progress()
    made = []
    for stack in stacks_of(desk, environment, stacks):
        say(f"plan: {environment} {stack}")
        made.append(saved.make(desk, Target(environment, stack), dirty=dirty))
    if out:
        saved.export(desk, [each.digest for each in made if each.digest], out)
    if json:
        print_json({"plans": made})
    else:
        _print(made, every=every)
    if any(problem.level == "error" for each in made for problem in each.problems):
        raise typer.Exit(1)


def _print(made: list[Made], *, every: bool) -> None:
    from isthmus.cli.problems import print_problems

    print_problems([problem for each in made for problem in each.problems])
    for each in made:
        if each.facts:
            typer.echo(f"{each.target}:")
            print_resources(each.facts.resources, every=every)
    rows = []
    for each in made:
        change, facts = each.change, each.facts
        counts = f"+{change.add} ~{change.change} -{change.remove}" if change else ""
        cost = ", ".join(f"{name} {value}" for name, value in facts.cost.items()) if facts else ""
        digest = each.digest or ("nothing to do" if change else "failed")
        rows.append((str(each.target), counts, facts.policy.verdict if facts else "", cost, digest))
    print_table(("stack", "changes", "policy", "cost", "digest to approve"), rows, "Plans")
