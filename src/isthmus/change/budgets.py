"""Writes what the estimate says into the Terraform: the record of costs, and the budgets of each environment."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from isthmus.core.errors import ConfigurationError
from isthmus.cost import limits
from isthmus.cost.environment import EnvironmentCost

_BUDGET = re.compile(r"^budget\s*=\s*\{.*\}$", re.MULTILINE)


def write(root: Path, costs: Mapping[str, EnvironmentCost]) -> list[Path]:
    """Writes the record and each environment's budgets, and returns the files.

    Raises:
        ConfigurationError: An environment has no limits, or its variables have no line for its budget.
    """
    known = limits.load(root)
    missing = sorted(costs.keys() - known.keys())
    if missing:
        raise limits.unlimited(missing[0])
    records = {name: limits.record(cost, known[name]) for name, cost in costs.items()}
    (root / limits.RECORD).write_text(limits.text(records), "utf-8")
    return [root / limits.RECORD, *(_budget(root, name, record) for name, record in records.items())]


def _budget(root: Path, environment: str, record: limits.Record) -> Path:
    path = root / "terraform" / "environments" / f"{environment}.tfvars"
    text, found = _BUDGET.subn(line(record), path.read_text("utf-8"))
    if found != 1:
        raise ConfigurationError(
            f"there are {found} lines that set the budget, not 1", where=str(path), fix="write: budget = { ... }"
        )
    path.write_text(text, "utf-8")
    return path


def line(record: limits.Record) -> str:
    """The line of an environment's variables that sets its budgets."""
    return f"budget = {{ aws_usd = {record.budgets['aws']}, gcp_usd = {record.budgets['gcp']} }}"
