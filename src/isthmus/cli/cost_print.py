"""How `isthmus cost` prints: tables for people, facts for programs."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import typer

from isthmus.cli.output import print_table
from isthmus.cost.environment import EnvironmentCost
from isthmus.cost.monthly import Monthly
from isthmus.cost.plan import EGRESS

_SUMS = ("fixed", "by usage", "a month")
_INDEX = re.compile(r'\["[^"]*"\]$')
"""What tells the instances of a resource apart: a person sees them as one."""

Costs = Mapping[str, EnvironmentCost]


class Usd(float):
    """An amount of US dollars, as people read it; a number still, which tables align at the right."""

    def __str__(self) -> str:
        return f"-${-self:,.2f}" if self <= -0.005 else f"${abs(self):,.2f}"


def usd(amount: float) -> Usd:
    """An amount of US dollars, as people read it."""
    return Usd(amount)


def show(costs: Costs, *, lines: bool) -> None:
    """Prints what environments cost, one after the other."""
    for name, cost in costs.items():
        usage = f"usage of {cost.usage}" if cost.usage else "no usage given"
        typer.echo(f"\n{name}: {usd(cost.monthly.total_usd)} a month, list prices in US dollars, {usage}\n")
        _table("stack", cost.by_stack(), cost.monthly)
        _free(cost.monthly)
        _table("cloud", cost.by_cloud(), cost.monthly)
        alike = cost.monthly.by(lambda item: f"{item.stack} {_INDEX.sub('[*]', item.address)}")
        _table("resource", {key: part for key, part in alike.items() if part.total_usd >= 0.005}, cost.monthly)
        if lines:
            _lines(cost)
        _million(cost)
        _left_out(cost)


def _table(head: str, parts: Mapping[str, Monthly], whole: Monthly) -> None:
    rows = [(name, *_sums(part)) for name, part in parts.items()]
    print_table((head, *_SUMS), [*rows, ("all", *_sums(whole))], f"By {head}")
    typer.echo()


def _free(whole: Monthly) -> None:
    if whole.free_usd >= 0.005:
        left = usd(whole.total_usd - whole.free_usd)
        typer.echo(f"free tiers take {usd(whole.free_usd)} off where the accounts have nothing else: {left} to pay\n")


def _sums(part: Monthly) -> tuple[Usd, Usd, Usd]:
    return usd(part.fixed_usd), usd(part.usage_usd), usd(part.total_usd)


def _lines(cost: EnvironmentCost) -> None:
    rows = [
        (
            item.address,
            item.name,
            "" if item.quantity is None else f"{item.quantity:,.6g}",
            item.unit,
            f"{item.price_usd} / {item.per:,}",
            "by usage, not given" if item.monthly_usd is None else f"{item.monthly_usd:,.4f}",
            f"{item.confidence}, {item.date}: {item.source}",
        )
        for item in cost.monthly.items
    ]
    print_table(("resource", "item", "quantity", "unit", "price", "a month", "source"), rows, "Lines")
    typer.echo()


def _million(cost: EnvironmentCost) -> None:
    if cost.million is None:
        return
    rows = [(part, f"${amount:,.4f}") for part, amount in cost.million.by_part().items()]
    rows.append(("all", f"${cost.million.total_usd:,.4f}"))
    print_table(("a million events", "cost"), rows, "A million events")
    typer.echo()


def _left_out(cost: EnvironmentCost) -> None:
    reasons: dict[tuple[str, str], int] = {}
    for one in cost.monthly.unpriced:
        reasons[one.type, one.reason] = reasons.get((one.type, one.reason), 0) + 1
    if reasons:
        rows = [(type_, count, reason) for (type_, reason), count in sorted(reasons.items())]
        print_table(("not priced, in no sum", "number", "why"), rows, "Not priced")
    if cost.monthly.without_usage:
        typer.echo(f"{len(cost.monthly.without_usage)} lines go by a usage that isn't given: in no sum, see --lines")
    for text in cost.ignored:
        typer.echo(f"not priced here: {text}")
    for text in cost.unmatched:
        typer.echo(f"{cost.usage}: no resource here is {text}")


def profiles(costs: Costs, names: Sequence[str]) -> None:
    """Prints cost profiles side by side, stack by stack."""
    for environment in dict.fromkeys(key.split()[0] for key in costs):
        columns = [costs[f"{environment} {name}"] for name in names]
        stacks = dict.fromkeys(stack for cost in columns for stack in cost.by_stack())
        empty = Monthly()
        rows = [
            (stack, *(usd(cost.by_stack().get(stack, empty).total_usd) for cost in columns)) for stack in sorted(stacks)
        ]
        rows.append(("fixed", *(usd(cost.monthly.fixed_usd) for cost in columns)))
        rows.append(("by usage", *(usd(cost.monthly.usage_usd) for cost in columns)))
        rows.append(("all", *(usd(cost.monthly.total_usd) for cost in columns)))
        typer.echo(f"\n{environment}, a month in each cost profile, usage of {columns[0].usage or 'no file'}\n")
        print_table(("stack", *names), rows, "Profiles")


def differences(before: Costs, after: Costs) -> list[dict[str, Any]]:
    """What each resource costs more or less, as facts; what is the same is left out."""
    found = []
    for name, cost in after.items():
        old = before[name].by_resource() if name in before else {}
        new = cost.by_resource()
        for key in sorted(old.keys() | new.keys()):
            was, now = (parts.get(key, Monthly()).total_usd for parts in (old, new))
            if abs(now - was) >= 0.005:
                found.append({"environment": name, "resource": key, "before_usd": was, "after_usd": now})
    return found


def diff(before: Costs, after: Costs, ref: str) -> None:
    """Prints the difference against another commit."""
    for name, cost in after.items():
        was = before[name].monthly.total_usd if name in before else 0.0
        now = cost.monthly.total_usd
        typer.echo(f"\n{name}: {now - was:+,.2f} US dollars a month against {ref}: {usd(was)} → {usd(now)}\n")
    rows = [
        (one["environment"], one["resource"], usd(one["before_usd"]), usd(one["after_usd"]),
         f"{one['after_usd'] - one['before_usd']:+,.2f}")
        for one in differences(before, after)
    ]  # fmt: skip
    if rows:
        print_table(("environment", "resource", "before", "after", "difference"), rows, "Difference")


def facts(costs: Costs) -> dict[str, Any]:
    """Costs as facts."""
    return {
        name: {
            "usage": cost.usage,
            "total_usd": cost.monthly.total_usd,
            "fixed_usd": cost.monthly.fixed_usd,
            "usage_usd": cost.monthly.usage_usd,
            "free_tiers_usd": cost.monthly.free_usd,
            "egress_usd": cost.by_stack().get(EGRESS, Monthly()).total_usd,
            "stacks": {key: _facts(part) for key, part in cost.by_stack().items()},
            "clouds": {key: _facts(part) for key, part in cost.by_cloud().items()},
            "resources": {key: _facts(part) for key, part in cost.by_resource().items()},
            "million_events": cost.million,
            "items": cost.monthly.items,
            "not_priced": cost.monthly.unpriced,
            "ignored": cost.ignored,
            "unmatched": cost.unmatched,
        }
        for name, cost in costs.items()
    }


def _facts(part: Monthly) -> dict[str, float]:
    return {"fixed_usd": part.fixed_usd, "usage_usd": part.usage_usd, "total_usd": part.total_usd}


__all__ = ["diff", "differences", "facts", "profiles", "show", "usd"]
