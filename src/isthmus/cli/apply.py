"""`isthmus approve` and `isthmus apply`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from isthmus.cli.output import JSON, print_json, progress
from isthmus.cli.resources import ALL, print_resources

_FROM = typer.Option("--from", help="The folder that `isthmus plan --out` wrote.")


def approve(
    digest: Annotated[str, typer.Argument(help="The digest that `isthmus plan` printed.")],
    approver: Annotated[str, typer.Option("--by", help="Who approves; you when left out.")] = "",
    hours: Annotated[float, typer.Option("--hours", help="How long it holds.")] = 24,
    folder: Annotated[Path | None, _FROM] = None,
    every: Annotated[bool, ALL] = False,
    json: Annotated[bool, JSON] = False,
) -> None:
    """Approve a saved plan: exactly that plan, verdict, cost, commit and environment, for a while.

    \b
    Example:
      isthmus approve DIGEST
      isthmus approve DIGEST --by platform --hours 4
    """
    from isthmus.change import approvals, saved
    from isthmus.cli.desk import desk_of

    desk = desk_of()
    if folder:
        saved.take_in(desk, folder, digest)
    facts, given = approvals.approve(desk, digest, approver or approvals.me(), hours)
    if json:
        print_json({"approval": given, "facts": facts})
        return
    cost = ", ".join(f"{name} {value}" for name, value in facts.cost.items()) or "not priced"
    typer.echo(f"{facts.environment} {facts.stack}: +{facts.add} ~{facts.change} -{facts.remove}")
    print_resources(facts.resources, every=every)
    typer.echo(f"policy: {facts.policy.verdict}; cost: {cost}; commit: {facts.commit[:12] or 'none'}")
    typer.echo(f"approved by {given.approver} until {given.until.isoformat()}")
    typer.echo(f"next: isthmus apply --approved {digest}")


def apply(
    approved: Annotated[str, typer.Option("--approved", help="The digest that was approved.")],
    environment: Annotated[str, typer.Option("--env", help="Refuse a plan of another environment.")] = "",
    stack: Annotated[str, typer.Option("--stack", help="Refuse a plan of another stack.")] = "",
    json: Annotated[bool, JSON] = False,
) -> None:
    """Apply exactly the plan that was approved, and judge the state after it.

    Refused, with a line for each thing that differs: a digest that nobody approved, an approval that has ended, a plan
    of another environment, stack, commit or run, a state that has moved, and a plan, verdict or cost that was changed.
    The exit code is 1 then, and also when a policy fails on the state after the apply.

    \b
    Example:
      isthmus apply --approved DIGEST
      isthmus apply --approved DIGEST --env prod --stack platform/aws
    """
    from isthmus.change.apply import apply as run_apply
    from isthmus.cli.desk import desk_of
    from isthmus.cli.problems import print_problems

    applied = run_apply(desk_of(packages=True), approved, environment, stack, progress())
    facts, verdict = applied.facts, applied.verdict
    if json:
        print_json({"facts": facts, "after": verdict, "problems": applied.problems})
    else:
        print_problems(applied.problems)
        typer.echo(f"applied to {facts.environment} {facts.stack}: +{facts.add} ~{facts.change} -{facts.remove}")
        before = f"{facts.policy.unknown} unknown before it"
        counts = f"{verdict.failed} failed, {verdict.unknown} unknown, {before}"
        typer.echo(f"policy, judged again after the apply: {verdict.verdict}, {counts}")
    if verdict.verdict == "fail":
        raise typer.Exit(1)
