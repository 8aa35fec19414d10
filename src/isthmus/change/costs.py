"""What a plan costs, as the names and figures that an approval covers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from isthmus.change.plans import Target
from isthmus.change.pricing import usage_of
from isthmus.cost.plan import price, read
from isthmus.cost.prices import load

Price = Callable[[Target, bytes], Mapping[str, str]]
"""The cost of a plan as `terraform show -json` writes it, by name: US dollars a month with two digits, and counts."""


def pricer(root: Path) -> Price:
    """What prices a project's plans: fixed and by usage a month, and how many resources are in no sum.

    The price fails with a ConfigurationError where the plan, the limits or the usage file can't be read.
    """

    def priced(target: Target, document: bytes) -> Mapping[str, str]:
        plan = read(document, str(target))
        found = price(plan, target.stack, usage_of(root)(target.environment), load())
        return {
            "fixed": f"{found.fixed_usd:.2f}",
            "by usage": f"{found.usage_usd:.2f}",
            "not priced": str(len(found.unpriced)),
        }

    return priced
