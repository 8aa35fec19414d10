"""Writes what an environment costs into docs/tutorials/real-accounts.md, from the record of the estimates.

python tools/real_accounts_doc.py [--check]
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "src"))

import generated

from isthmus.cost import limits, usage

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "tutorials" / "real-accounts.md"
LAYERS = ("bootstrap", "foundation", "platform", "edge")
BETWEEN = "between the clouds"
_COSTS = re.compile(r"(<!-- costs: generated -->\n).*?(<!-- end -->)", re.DOTALL)
_PROFILE = re.compile(r'^cost_profile\s*=\s*"(\w+)"', re.MULTILINE)


def table() -> str:
    """The environments side by side: profile, traffic, and dollars a month by layer and cloud."""
    recorded = limits.parse((ROOT / limits.RECORD).read_text("utf-8"), str(limits.RECORD))
    environments = [_column(name, recorded[name], limit) for name, limit in limits.load(ROOT).items()]
    titles = ("a month", "cost profile", "events", *LAYERS, BETWEEN, "**all**", "of that on AWS", "on Google Cloud")
    head, *rows = zip(titles, *environments, strict=True)
    lines = (head, ("---", *["---:"] * len(environments)), *rows)
    return "".join("| " + " | ".join(cells) + " |\n" for cells in lines)


def _column(name: str, record: limits.Record, limit: limits.Limit) -> tuple[str, ...]:
    profile = _PROFILE.search((ROOT / f"terraform/environments/{name}.tfvars").read_text("utf-8"))
    events = usage.load(ROOT / limit.usage).events["monthly"]
    layers = [sum(usd for stack, usd in record.stacks.items() if stack.startswith(f"{layer}/")) for layer in LAYERS]
    by_cloud = (record.clouds["aws"], record.clouds["gcp"])
    sums = [f"${usd:,.2f}" for usd in (*layers, record.stacks[BETWEEN], sum(by_cloud), *by_cloud)]
    return (name, profile[1] if profile else "", f"{events:,.0f}", *sums)


def render(page: str) -> str:
    """The page with its table made anew."""
    return _COSTS.sub(lambda found: found[1] + table() + found[2], page)


def main(arguments: list[str]) -> int:
    """Writes the page, or checks it; returns the exit code."""
    return generated.write(PAGE, render(PAGE.read_text("utf-8")), arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
