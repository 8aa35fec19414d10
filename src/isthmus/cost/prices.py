"""The price book: list prices as data, each with its unit, region, source, date and confidence.

`prices.csv` is part of the package. A row's `per` says for how many of its unit the price stands (1,000,000 requests),
`from` the monthly quantity from which it holds: rows of one id and region are tiers. `free` is what an account has free
each month, for ever. It is told, and taken off no price but one that has a row for it: it is an account's, not a
resource's or an event path's. Dates are as exact as the source.
"""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from importlib.resources import files

from isthmus.core.errors import ConfigurationError

CONFIDENCES = ("high", "medium", "low")
EVERYWHERE = ("any", "global")
COLUMNS = [
    "id",
    "cloud",
    "service",
    "item",
    "unit",
    "per",
    "from",
    "region",
    "price_usd",
    "free",
    "free_tier",
    "source",
    "date",
    "confidence",
]
_OPTIONAL = ("free", "free_tier")
_REQUIRED = [name for name in COLUMNS if name not in _OPTIONAL]
_DATE = re.compile(r"(?P<year>20\d\d)(?:-(?P<month>0[1-9]|1[0-2])(?:-(?:0[1-9]|[12]\d|3[01]))?)?")


@dataclass(frozen=True)
class Price:
    """One row of the price book.

    Attributes:
        id: What event paths and estimates ask for, `aws.sns.publish`.
        cloud: `aws` or `gcp`.
        service: The service.
        item: What is billed, in the provider's words.
        unit: What is counted, `request`.
        per: For how many units the price stands.
        start: Monthly quantity from which it holds; 0 but for a later tier.
        region: The region, or `any` or `global`.
        price_usd: US dollars for `per` units.
        free: Units that are free in an account each month.
        free_tier: What is free, in words, also where it ends or has conditions.
        source: Where the price was read.
        date: When it held: a year, a month or a day.
        confidence: `high` (the provider's own figures), `medium` (an estimator's) or `low`.
    """

    id: str
    cloud: str
    service: str
    item: str
    unit: str
    per: int
    start: float
    region: str
    price_usd: Decimal
    free: float
    free_tier: str
    source: str
    date: str
    confidence: str

    def cost_usd(self, quantity: float) -> float:
        """Returns what a quantity of units costs."""
        return float(self.price_usd) * quantity / self.per


class PriceBook:
    """Prices by id and region.

    Raises:
        ConfigurationError: when two rows are the same price in the same region, or there is no first tier.
    """

    def __init__(self, prices: Iterable[Price]) -> None:
        self._tiers: dict[tuple[str, str], tuple[Price, ...]] = {}
        for price in sorted(prices, key=lambda price: price.start):
            earlier = self._tiers.get((price.id, price.region), ())
            if any(other.start == price.start for other in earlier):
                raise _bad(f"{price.id} has two prices in {price.region} from {price.start:g} on", "the price book")
            if not earlier and price.start:
                raise _bad(f"{price.id} has no price in {price.region} from 0 on", "the price book")
            self._tiers[price.id, price.region] = (*earlier, price)

    def __iter__(self) -> Iterator[Price]:
        return (price for tiers in self._tiers.values() for price in tiers)

    def __len__(self) -> int:
        return sum(len(tiers) for tiers in self._tiers.values())

    def find(self, id_: str, region: str) -> Price | None:
        """Returns a price's first tier in a region, else where it holds everywhere; None when there is neither."""
        tiers = self.tiers(id_, region)
        return tiers[0] if tiers else None

    def tiers(self, id_: str, region: str) -> tuple[Price, ...]:
        """Returns a price's tiers in a region, lowest first, else those that hold everywhere; nothing without one."""
        places = (region, *EVERYWHERE)
        return next((self._tiers[id_, place] for place in places if (id_, place) in self._tiers), ())


def tiered_usd(tiers: Sequence[Price], quantity: float) -> float:
    """Returns what a month's quantity costs, each part of it at its tier's price."""
    ends = [*(tier.start for tier in tiers[1:]), math.inf]
    parts = (max(0.0, min(quantity, end) - tier.start) for tier, end in zip(tiers, ends, strict=True))
    return math.fsum(tier.cost_usd(part) for tier, part in zip(tiers, parts, strict=True))


def load() -> PriceBook:
    """Reads the price book that is part of the package."""
    return parse(files(__package__).joinpath("prices.csv").read_text("utf-8"), "prices.csv")


def parse(text: str, where: str) -> PriceBook:
    """Reads a price book.

    Args:
        text: CSV with the columns of `COLUMNS`.
        where: Its name, for errors.

    Raises:
        ConfigurationError: with the line of a row without unit, region, source or date, or with a value that can't be.
    """
    reader = csv.DictReader(io.StringIO(text), strict=True)
    try:
        if reader.fieldnames != COLUMNS:
            raise _bad(f"the columns are {','.join(reader.fieldnames or ())}, not {','.join(COLUMNS)}", f"{where}:1")
        return PriceBook([_price(row, f"{where}:{reader.line_num}") for row in reader])
    except csv.Error as error:
        raise _bad(f"not readable CSV: {error}", f"{where}:{reader.line_num}") from error


def _price(row: dict[str, str | None], where: str) -> Price:
    if None in row or None in row.values():
        raise _bad(f"the row has not {len(COLUMNS)} columns", where)
    values = {name: (value or "").strip() for name, value in row.items()}
    for name in _REQUIRED:
        if not values[name]:
            raise _bad(f"the price {values['id'] or '(without id)'} has no {name}", where)
    if not _DATE.fullmatch(values["date"]):
        raise _bad(f"date {values['date']!r} is not a year, a month or a day (2026, 2026-09, 2026-09-20)", where)
    if values["confidence"] not in CONFIDENCES:
        raise _bad(f"confidence {values['confidence']!r} is none of {', '.join(CONFIDENCES)}", where)
    if values["cloud"] not in ("aws", "gcp"):
        raise _bad(f"cloud {values['cloud']!r} is not aws or gcp", where)
    per, price_usd = _number(values, "per", where), _number(values, "price_usd", where)
    if per < 1 or per != int(per) or price_usd < 0:
        raise _bad("per is a whole number from 1 on, price_usd from 0 on", where)
    start = _number({"from": values.pop("from")}, "from", where)
    if start < 0:
        raise _bad("from is a monthly quantity from 0 on", where)
    free = _number({"free": values["free"] or "0"}, "free", where)
    if free < 0 or (free and start):
        raise _bad("free is a monthly quantity from 0 on, and stands in the first tier", where)
    numbers = {"per": int(per), "start": float(start), "price_usd": price_usd, "free": float(free)}
    return Price(**{**values, **numbers})  # type: ignore[arg-type]


def _number(values: dict[str, str], name: str, where: str) -> Decimal:
    try:
        number = Decimal(values[name])
    except InvalidOperation:
        raise _bad(f"{name} {values[name]!r} is not a number", where) from None
    if not number.is_finite():
        raise _bad(f"{name} {values[name]!r} is not a finite number", where)
    return number


def _bad(what: str, where: str) -> ConfigurationError:
    return ConfigurationError(what, where=where, fix="every price has unit, region, source and date; correct the row")
