"""What a stack costs a month: lines, what can't be priced, and sums by stack, resource and cloud."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass

HOURS = 730
"""Hours of a month, as the providers reckon: 8,760 / 12."""

SECONDS = HOURS * 3600


@dataclass(frozen=True)
class Item:
    """One line of a month's cost.

    Attributes:
        stack: The stack, `platform/aws`, or `between the clouds`.
        cloud: Who bills it, `aws` or `gcp`.
        address: The resource's address.
        type: Its type.
        name: What is billed.
        unit: What is counted.
        quantity: Units a month; None when it goes by a usage that isn't given.
        monthly_usd: US dollars a month; None with the quantity.
        by_usage: Whether it goes by usage; otherwise it is paid as long as the resource stands.
        price: Id of the price.
        price_usd: US dollars for `per` units, of the first tier.
        per: For how many units that is.
        free: Units that an account has free each month; not taken off `monthly_usd`.
        confidence: The price's.
        source: Where the price was read.
        date: When it held.
    """

    stack: str
    cloud: str
    address: str
    type: str
    name: str
    unit: str
    quantity: float | None
    monthly_usd: float | None
    by_usage: bool
    price: str
    price_usd: str
    per: int
    free: float
    confidence: str
    source: str
    date: str


@dataclass(frozen=True)
class Unpriced:
    """Something that isn't in the sums, and why.

    Attributes:
        stack: The stack.
        address: The resource's address.
        type: Its type.
        reason: Why there is no figure.
    """

    stack: str
    address: str
    type: str
    reason: str


@dataclass(frozen=True)
class Monthly:
    """A month's cost.

    Attributes:
        items: Lines with a price.
        unpriced: What has none; never counted as 0.
        free: How many resources cost nothing by themselves.
    """

    items: tuple[Item, ...] = ()
    unpriced: tuple[Unpriced, ...] = ()
    free: int = 0

    @property
    def fixed_usd(self) -> float:
        """What is paid as long as it stands, US dollars a month."""
        return total(item for item in self.items if not item.by_usage)

    @property
    def usage_usd(self) -> float:
        """What the given usage costs, US dollars a month."""
        return total(item for item in self.items if item.by_usage)

    @property
    def total_usd(self) -> float:
        """All that has a price, US dollars a month."""
        return total(self.items)

    @property
    def free_usd(self) -> float:
        """What the free tiers take off where the account has nothing else, US dollars a month; in no other figure."""
        quantities: dict[tuple[str, float, float], float] = {}
        for item in self.items:
            key = item.price, float(item.price_usd) / item.per, item.free
            quantities[key] = quantities.get(key, 0.0) + (item.quantity or 0.0)
        return math.fsum(min(quantity, free) * each for (_, each, free), quantity in quantities.items())

    @property
    def without_usage(self) -> tuple[Item, ...]:
        """Lines that go by a usage that isn't given: in no sum."""
        return tuple(item for item in self.items if item.monthly_usd is None)

    def by(self, key: Callable[[Item], str]) -> dict[str, Monthly]:
        """The same, split by a key of its lines, dearest first."""
        groups: dict[str, list[Item]] = {}
        for item in self.items:
            groups.setdefault(key(item), []).append(item)
        parts = {name: Monthly(tuple(items)) for name, items in groups.items()}
        return dict(sorted(parts.items(), key=lambda part: (-part[1].total_usd, part[0])))


def total(items: Iterable[Item]) -> float:
    """The sum of lines, US dollars a month."""
    return math.fsum(item.monthly_usd or 0.0 for item in items)


def added(parts: Iterable[Monthly]) -> Monthly:
    """Several costs as one."""
    every = list(parts)
    items = tuple(item for part in every for item in part.items)
    unpriced = tuple(item for part in every for item in part.unpriced)
    return Monthly(items, unpriced, sum(part.free for part in every))
