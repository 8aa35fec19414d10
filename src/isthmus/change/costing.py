"""The cost step of a check: limits of each environment, growth against a baseline, and a record that is up to date."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from isthmus.change.git import commit_of, git
from isthmus.change.plans import Planned
from isthmus.change.pricing import price_all, usage_of
from isthmus.change.report import Level, Problem, Step
from isthmus.cost import limits
from isthmus.cost.environment import EnvironmentCost
from isthmus.cost.limits import Limit, Record
from isthmus.cost.resources import NOT_PRICED

_WRITE = "run isthmus cost --write-budgets and commit what it writes"
_NAME_IT = "name the resource by its address of now, or leave it out"
_PRICE_IT = "add it to isthmus.cost.resources, or its price to prices.csv"
_HEAD = ("cost", "before", "after", "difference")

Rows = Sequence[Sequence[str]]


def cost_step(root: Path, planned: Sequence[Planned], base: str = "") -> tuple[Step, Rows]:
    """Judges what planned environments cost, and tells how it differs, dearest difference first.

    Stacks that are not planned count as they were recorded.

    Args:
        root: The project.
        planned: The plans.
        base: The commit whose record is the baseline; the tree's own record without it.

    Raises:
        ConfigurationError: Limits, a record or a usage file can't be read.
    """
    began = time.monotonic()
    known, usage, here = limits.load(root), usage_of(root), limits.recorded(root)
    if not planned:
        return Step("cost", facts="nothing to price"), ()
    if not all(one.document for one in planned):
        return Step("cost", skipped="a plan is missing"), ()
    costs = price_all([one for one in planned if one.target.environment in known], usage)
    before = (_record_of(root, base) if base else None) or here
    problems = [problem for cost in costs.values() for problem in _judge(cost, known[cost.environment], before, here)]
    problems += [_unlimited(one.target.environment) for one in planned if one.target.environment not in known]
    facts = ", ".join(f"{name} {_after(cost, here.get(name)):,.2f} USD a month" for name, cost in costs.items())
    return Step("cost", tuple(sorted(set(problems))), facts, time.monotonic() - began), _rows(costs, before, here)


def _record_of(root: Path, ref: str) -> dict[str, Record] | None:
    """The record in a commit; None when it has none."""
    commit = commit_of(root, ref)
    if not git(root, "ls-tree", "--name-only", commit, "--", str(limits.RECORD)).strip():
        return None
    return limits.parse(git(root, "show", f"{commit}:{limits.RECORD}"), f"{ref}:{limits.RECORD}")


def _after(cost: EnvironmentCost, here: Record | None) -> float:
    """What the environment costs: the planned stacks as priced, the others as recorded."""
    now = {name: part.total_usd for name, part in cost.by_stack().items()}
    others = [usd for name, usd in (here.stacks if here else {}).items() if name not in now]
    return sum(now.values()) + sum(others)


def _judge(
    cost: EnvironmentCost, limit: Limit, before: Mapping[str, Record], here: Mapping[str, Record]
) -> Iterator[Problem]:
    name, after = cost.environment, _after(cost, here.get(cost.environment))
    if after > limit.monthly_usd:
        what = f"{name} costs {after:,.2f} USD a month, more than {limit.monthly_usd:,.2f}"
        yield _problem("cost.limit", what, name, "make it cheaper (isthmus cost --diff REF), or raise monthly_usd")
    if name in before:
        yield from _growth(name, limit, sum(before[name].stacks.values()), after)
    yield from _stale(cost, limit, here.get(name))
    yield from _unmatched(cost, limit, here.get(name))
    for type_, reason in sorted(
        {(one.type, one.reason) for one in cost.monthly.unpriced if one.type not in NOT_PRICED}
    ):
        yield _problem("cost.unpriced", f"{type_} is in no sum: {reason}", name, _PRICE_IT, "warning", None)


def _unlimited(name: str) -> Problem:
    error = limits.unlimited(name)
    return _problem("cost.limit", error.what, name, error.fix)


def _growth(name: str, limit: Limit, was: float, after: float) -> Iterator[Problem]:
    if after > was * (1 + limit.growth_percent / 100) and after - was >= limits.STALE_USD:
        what = f"{name} costs {after:,.2f} USD a month, over {limit.growth_percent:g} % more than {was:,.2f}"
        yield _problem("cost.growth", what, name, "make it cheaper, or raise growth_percent")


def _stale(cost: EnvironmentCost, limit: Limit, recorded: Record | None) -> Iterator[Problem]:
    off = limits.stale(recorded, limits.record(cost, limit))
    if off:
        what = f"the recorded cost of {cost.environment} is out of date: {', '.join(off)}"
        yield _problem("cost.record", what, cost.environment, _WRITE, file=limits.RECORD)


def _unmatched(cost: EnvironmentCost, limit: Limit, recorded: Record | None) -> Iterator[Problem]:
    """What the usage file says of resources that aren't there, when all stacks were planned: it is in no sum."""
    planned = {item.stack for item in cost.monthly.items} | {one.stack for one in cost.monthly.unpriced}
    if recorded and not recorded.stacks.keys() <= planned:
        return
    for address in cost.unmatched:
        what = f"{limit.usage} tells the usage of {address}, which {cost.environment} doesn't have: it is in no sum"
        yield _problem("cost.usage", what, cost.environment, _NAME_IT, file=Path(limit.usage))


def _problem(
    rule: str, message: str, subject: str, fix: str, level: Level = "error", file: Path | None = limits.LIMITS
) -> Problem:
    return Problem(rule, message, level, str(file or ""), 0, subject, fix)


def _rows(costs: Mapping[str, EnvironmentCost], before: Mapping[str, Record], here: Mapping[str, Record]) -> Rows:
    rows: list[Sequence[str]] = [_HEAD]
    for name, cost in costs.items():
        was = before[name].stacks if name in before else {}
        rows.append(_row(f"{name}, a month", sum(was.values()), _after(cost, here.get(name))))
        now = {stack: part.total_usd for stack, part in cost.by_stack().items()}
        changed = sorted(now, key=lambda stack: -abs(now[stack] - was.get(stack, 0.0)))
        moved = [stack for stack in changed if abs(now[stack] - was.get(stack, 0.0)) >= 0.01]
        rows += [_row(f"{name} {stack}", was.get(stack, 0.0), now[stack]) for stack in moved]
    return rows


def _row(name: str, was: float, now: float) -> Sequence[str]:
    return name, f"${was:,.2f}", f"${now:,.2f}", f"{round(now - was, 2) + 0.0:+,.2f}"
