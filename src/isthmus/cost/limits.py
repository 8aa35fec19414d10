"""What environments may cost, from `terraform/environments/costs.yml`, and what they cost when it was last recorded."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import yaml

from isthmus.core.errors import ConfigurationError
from isthmus.cost.environment import EnvironmentCost

LIMITS = Path("terraform/environments/costs.yml")
RECORD = Path("terraform/environments/costs.json")

BUDGET_STEP_USD = 5
"""Budgets are whole multiples of it, so that a cent more doesn't change them."""

STALE_PERCENT = 5.0
STALE_USD = 0.5
"""A record that is off by more than both is stale."""

_NUMBERS = ("monthly_usd", "growth_percent", "margin_percent")


@dataclass(frozen=True)
class Limit:
    """What an environment is reckoned with and may cost.

    Attributes:
        usage: Its usage file, from the project's root.
        monthly_usd: The most that a month may cost.
        growth_percent: How much more than the baseline it may cost.
        margin_percent: How far budgets are above the estimate.
    """

    usage: str
    monthly_usd: float
    growth_percent: float
    margin_percent: float


@dataclass(frozen=True)
class Record:
    """What an environment cost when it was recorded, US dollars a month.

    Attributes:
        stacks: By stack, the traffic between the clouds as one of them.
        clouds: By who bills it.
        budgets: Budgets by cloud, whole dollars.
    """

    stacks: Mapping[str, float]
    clouds: Mapping[str, float]
    budgets: Mapping[str, int]


def load(root: Path) -> dict[str, Limit]:
    """Reads the limits of a project, by environment.

    Raises:
        ConfigurationError: With the file, when it isn't there, can't be read or lacks something.
    """
    path = root / LIMITS
    if not path.exists():
        raise ConfigurationError(
            "there is nothing that says what environments may cost",
            where=str(LIMITS),
            fix="take the file back from git, or write it as docs/cost.md shows: without it no cost is judged",
        )
    try:
        found = yaml.safe_load(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise _bad(f"can't be read: {error}", LIMITS) from error
    environments = found.get("environments") if isinstance(found, dict) and set(found) == {"environments"} else None
    if not isinstance(environments, dict):
        raise _bad("it has `environments` by name and nothing else", LIMITS)
    return {name: _limit(name, values) for name, values in environments.items()}


def recorded(root: Path) -> dict[str, Record]:
    """Reads what environments cost when it was last recorded.

    Raises:
        ConfigurationError: It isn't there, or is no record.
    """
    path = root / RECORD
    if not path.exists():
        raise _bad("there is no record of costs to compare with", RECORD)
    return parse(path.read_text("utf-8", "replace"), str(RECORD))


def unlimited(name: str) -> ConfigurationError:
    """The error that an environment has no limits."""
    return ConfigurationError(f"{name} has no limits", where=str(LIMITS), fix=f"add a line for {name}")


def _limit(name: str, values: Any) -> Limit:
    known = {"usage", *_NUMBERS}
    if not isinstance(values, dict) or set(values) != known:
        raise _bad(f"{name} has not exactly {', '.join(sorted(known))}", LIMITS)
    for key in _NUMBERS:
        value = values[key]
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value) or value < 0:
            raise _bad(f"{name}: {key} is {value!r}, not a number from 0 on", LIMITS)
    return Limit(str(values["usage"]), *(float(values[key]) for key in _NUMBERS))


def record(cost: EnvironmentCost, limit: Limit) -> Record:
    """What is recorded of an environment's cost, budgets included."""
    clouds = {"aws": 0.0, "gcp": 0.0} | {name: part.total_usd for name, part in cost.by_cloud().items()}
    return Record(
        {name: round(part.total_usd, 2) for name, part in sorted(cost.by_stack().items())},
        {name: round(usd, 2) for name, usd in clouds.items()},
        {name: budget(usd, limit.margin_percent) for name, usd in clouds.items()},
    )


def budget(estimate_usd: float, margin_percent: float) -> int:
    """The budget for an estimate: the margin above it, up to the next step; whole dollars a month."""
    steps = math.ceil(estimate_usd * (1 + margin_percent / 100) / BUDGET_STEP_USD)
    return max(1, steps) * BUDGET_STEP_USD


def text(records: Mapping[str, Record]) -> str:
    """The record as it is committed."""
    return json.dumps({name: vars(one) for name, one in sorted(records.items())}, indent=2) + "\n"


def parse(written: str, where: str) -> dict[str, Record]:
    """Reads a record.

    Raises:
        ConfigurationError: It isn't one.
    """
    try:
        return msgspec.json.decode(written, type=dict[str, Record])
    except (msgspec.MsgspecError, UnicodeError) as error:
        raise _bad(f"no record of costs: {error}", where) from error


def stale(old: Record | None, new: Record) -> list[str]:
    """Stacks whose recorded cost is off; all of the new when nothing was recorded."""
    before = old.stacks if old else {}
    return [name for name, usd in new.stacks.items() if _off(before.get(name), usd)]


def _off(before: float | None, now: float) -> bool:
    if before is None:
        return True
    return abs(now - before) > max(STALE_USD, before * STALE_PERCENT / 100)


def _bad(what: str, where: Path | str) -> ConfigurationError:
    fix = "write it again: isthmus cost --write-budgets" if str(where).endswith("json") else "correct it"
    return ConfigurationError(what, where=str(where), fix=fix)
