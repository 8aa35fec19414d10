"""`isthmus cost`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from isthmus.cli.output import JSON, print_json, progress

if TYPE_CHECKING:
    from isthmus.change.plans import Target
    from isthmus.change.pricing import UsageOf
    from isthmus.cost.environment import EnvironmentCost


def cost(
    environments: Annotated[
        list[str] | None, typer.Option("--env", help="An environment; again for more. All when left out.")
    ] = None,
    stacks: Annotated[
        list[str] | None, typer.Option("--stack", help="A stack, for example platform/aws; again for more.")
    ] = None,
    usage: Annotated[
        Path | None, typer.Option("--usage", help="A usage file; the environment's own of costs.yml when left out.")
    ] = None,
    profiles: Annotated[bool, typer.Option("--profiles", help="The three cost profiles side by side.")] = False,
    diff: Annotated[str | None, typer.Option("--diff", metavar="REF", help="Compare with another commit.")] = None,
    write_budgets: Annotated[
        bool, typer.Option("--write-budgets", help="Write the record and the budgets that follow from it.")
    ] = False,
    lines: Annotated[bool, typer.Option("--lines", help="Every line with its price's source and date.")] = False,
    json: Annotated[bool, JSON] = False,
) -> None:
    """Tell what the environments cost a month, from their plans, and what a million events cost. No cloud is asked.

    What has no price is listed and in no sum. Free tiers are not taken off.

    \b
    Example:
      isthmus cost --env dev
      isthmus cost --env prod --stack platform/aws --lines
      isthmus cost --env dev --usage usage/large.yml --json
      isthmus cost --diff HEAD~1
      isthmus cost --env prod --profiles
    """
    from isthmus.cli import cost_print

    if sum((profiles, diff is not None, write_budgets)) > 1:
        raise typer.BadParameter("--profiles, --diff and --write-budgets don't go together")
    if write_budgets and (environments or stacks or usage):
        raise typer.BadParameter("--write-budgets is about all environments with their own usage files")
    desk = _Desk(tuple(environments or ()), tuple(stacks or ()), usage)
    if profiles:
        found = {f"{name} {profile}": one for profile in PROFILES for name, one in desk.profile(profile).items()}
        print_json(cost_print.facts(found)) if json else cost_print.profiles(found, PROFILES)
        return
    if diff is not None:
        desk.known(diff)
    costs = desk.costs()
    if diff is not None:
        before = desk.before(diff)
        print_json(cost_print.differences(before, costs)) if json else cost_print.diff(before, costs, diff)
        return
    if write_budgets:
        from isthmus.change.budgets import write

        for path in write(desk.root, costs):
            typer.echo(f"wrote {path.relative_to(desk.root)}")
        return
    print_json(cost_print.facts(costs)) if json else cost_print.show(costs, lines=lines)


PROFILES = ("minimal", "balanced", "resilient")


class _Desk:
    """Plans and prices what was asked for."""

    def __init__(self, environments: tuple[str, ...], stacks: tuple[str, ...], usage: Path | None) -> None:
        from isthmus.change import plans, pricing
        from isthmus.local import packages
        from isthmus.local.project import project_root
        from isthmus.local.rundir import RunDirectory
        from isthmus.local.stacks import build_variables

        self.say = progress()
        self.say("packages: building what is stale")
        packages.ensure()
        self.root = project_root()
        self.run_dir = RunDirectory.current().planned("cost")
        self.variables = build_variables()
        self.wanted: list[Target] = plans.targets(self.root, environments, stacks)
        self.usage: UsageOf = pricing.usage_of(self.root, usage)

    def costs(self) -> dict[str, EnvironmentCost]:
        """What the environments cost as they are."""
        from isthmus.change import plans, pricing

        planned = plans.plan_all(self.root, self.wanted, self.variables, self.run_dir, self.say)
        return pricing.price_all(planned, self.usage)

    def known(self, ref: str) -> None:
        """Fails for a commit that isn't there, before anything is planned."""
        from isthmus.change.git import commit_of

        commit_of(self.root, ref)

    def before(self, ref: str) -> dict[str, EnvironmentCost]:
        """What they cost in another commit."""
        from isthmus.change import pricing

        return pricing.price_commit(self.root, ref, self.wanted, self.variables, self.usage, self.say)

    def profile(self, name: str) -> dict[str, EnvironmentCost]:
        """What they would cost with a cost profile."""
        from isthmus.change import pricing

        return pricing.price_profile(self.root, name, self.wanted, self.variables, self.usage, self.say)
