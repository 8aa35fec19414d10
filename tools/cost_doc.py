"""Writes docs/cost.md from the price book, what is priced and the limits.

python tools/cost_doc.py [--check]
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from itertools import groupby
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "src"))

from isthmus.cost import limits, usage
from isthmus.cost.prices import Price, load
from isthmus.cost.resources import FREE, KINDS, NOT_PRICED
from isthmus.cost.resources.sources import source_of

ROOT = Path(__file__).parent.parent
DOCUMENT = ROOT / "docs" / "cost.md"
HEAD = """# Cost

Written by `python tools/cost_doc.py` from the price book and from what is priced.

`isthmus cost` plans an environment by rehearsal and prices the plan, offline, at list prices in US dollars:

```sh
isthmus cost --env dev                          # by stack, cloud and resource; fixed and by usage
isthmus cost --env prod --lines                 # every line: quantity, price, confidence, date, source
isthmus cost --env prod --usage usage/small.yml # other traffic
isthmus cost --env prod --profiles              # the three cost profiles side by side
isthmus cost --diff origin/main                 # against another commit
isthmus cost --write-budgets                    # the record, and the budgets in the environments' files
isthmus check --step cost                       # limits, growth, a stale record
```

## What the figures are

- **Fixed** is paid as long as a resource stands: 730 hours a month, as both clouds reckon. **By usage** goes by a usage
  file. What goes by a usage that nobody gave is listed, and in no sum.
- What has no price is listed with the reason, and in no sum: never a 0. A type that is free is known to be, and by
  whom.
- A list that is known only after apply, such as an endpoint's subnets, is as long as what it refers to has planned
  instances, by the plan's configuration. Where that can't be counted, what is paid by its length has no price.
- Tiers are those of one resource; a bill adds up an account's, and later tiers are cheaper. Free tiers are told in a
  line of their own and taken off nothing: they are an account's, and budgets had better not count on them. The one
  exception is the first million executions of Google's uptime checks, which is a tier of the book.
- Traffic **between the clouds** is a line of its own, as is what **a million events** cost on the path that they take.
- A price is of one region. What is in a region that the book doesn't have is listed as not priced.

## Usage files

`usage/*.yml` are Infracost's format, version {version}; Infracost reads the same files. Keys of Infracost's that are
not priced here are left alone and told, with their line. `[*]` in an address stands for any index. A type's defaults
come first, then a wildcard, then the address itself.

Under `isthmus:` stands what Infracost doesn't know, checked strictly: `events` ({events}), `egress` ({egress}), and
`resource_type_default_usage` and `resource_usage` with our keys. A negative number, an unknown key or a text where a
number belongs ends with the file and line; an address that no resource has fails a check.

## Limits and budgets

`{limits}` says what each environment is reckoned with and may cost; `isthmus check` fails when it
is more, when it has grown by more than it may against the baseline, or when the record is out of date.
`isthmus cost --write-budgets` writes the record (`{record}`) and the environments' `budget`, which
AWS Budgets and Google's billing budgets take: the estimate, the margin on top, up to the next {step} dollars.
"""
_LIMITS = ("environment", "usage", "most a month", "growth", "margin of budgets")
_PRICES = ("price", "region", "US dollars", "for", "from", "free", "confidence", "date", "source")


def render() -> str:
    """The document."""
    head = HEAD.format(
        version=usage.VERSION,
        events=_code(usage.EVENT_KEYS),
        egress=_code(usage.EGRESS_KEYS),
        limits=limits.LIMITS,
        record=limits.RECORD,
        step=limits.BUDGET_STEP_USD,
    )
    return "\n".join([head, *_limits(), *_kinds(), *_not_priced(), *_free(), *_prices()])


def _limits() -> list[str]:
    rows = [(f"`{name}`", *_limit(one)) for name, one in limits.load(ROOT).items()]
    return _table(_LIMITS, rows)


def _limit(one: limits.Limit) -> tuple[str, ...]:
    return f"`{one.usage}`", f"${one.monthly_usd:,.0f}", f"{one.growth_percent:g} %", f"{one.margin_percent:g} %"


def _kinds() -> list[str]:
    rows = [(f"`{name}`", _code(kind.keys), _code(kind.own)) for name, kind in sorted(KINDS.items())]
    return [f"## What is priced: {len(rows)} types\n", *_table(("type", "usage keys", "keys under `isthmus:`"), rows)]


def _not_priced() -> list[str]:
    rows = [(f"`{name}`", why) for name, why in sorted(NOT_PRICED.items())]
    return ["## What has no price\n", *_table(("type", "why"), rows)]


def _free() -> list[str]:
    def told(name: str) -> tuple[str, str, str]:
        found = source_of(name)
        return FREE[name], found.where, found.date

    groups = [(key, [f"`{name}`" for name in names]) for key, names in groupby(sorted(FREE, key=told), key=told)]
    rows = [(", ".join(names), why, f"{where}, {date}") for (why, where, date), names in groups]
    return [f"## What is free: {len(FREE)} types\n", *_table(("types", "why", "by"), rows)]


def _prices() -> list[str]:
    found = list(load())
    low = sum(price.confidence == "low" for price in found)
    told = f"{len(found)} rows, {low} of low confidence. Regions: {_code(sorted({price.region for price in found}))}.\n"
    return ["## The price book\n", told, *_table(_PRICES, map(_price, sorted(found, key=_order)))]


def _order(price: Price) -> tuple[str, str, float]:
    return price.id, price.region, price.start


def _price(price: Price) -> tuple[str, ...]:
    units = f"{price.per:,} × {price.unit}" if price.per > 1 else price.unit
    start, free = (f"{number:,.6g}" if number else "" for number in (price.start, price.free))
    usd = f"{price.price_usd:f}"
    return f"`{price.id}`", price.region, usd, units, start, free, price.confidence, price.date, price.source


def _table(columns: Iterable[str], rows: Iterable[Iterable[str]]) -> list[str]:
    head = list(columns)
    return [_row(head), _row(["---"] * len(head)), *map(_row, rows), ""]


def _row(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _code(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


if __name__ == "__main__":
    text = render()
    if "--check" in sys.argv:
        if not DOCUMENT.exists() or DOCUMENT.read_text("utf-8") != text:
            sys.exit("docs/cost.md is out of date: run python tools/cost_doc.py")
    else:
        DOCUMENT.write_text(text, "utf-8")
