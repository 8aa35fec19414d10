"""A resource and its bill: what a kind's function reads and where it writes its lines."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from isthmus.cost.monthly import Item, Unpriced
from isthmus.cost.prices import PriceBook, tiered_usd


@dataclass(frozen=True)
class Resource:
    """A resource as it is planned.

    Attributes:
        stack: The stack it is in, `platform/aws`.
        address: Its address.
        type: Its type.
        values: Its planned values; what is known only after apply is left out.
        region: The region it is in.
        lengths: Lengths of values that are known only after apply, as counted; None where they can't be.
    """

    stack: str
    address: str
    type: str
    values: Mapping[str, Any]
    region: str
    lengths: Mapping[str, int | None] = field(default_factory=dict)

    def length(self, name: str) -> int | None:
        """How many elements a list has, or blocks of a name there are; None when that is known after apply."""
        return self.lengths[name] if name in self.lengths else len(self.values.get(name) or ())

    def block(self, name: str) -> Mapping[str, Any]:
        """The first nested block of a name; empty when there is none."""
        blocks = self.values.get(name) or [{}]
        first: Mapping[str, Any] = blocks[0] or {}
        return first


@dataclass
class Bill:
    """Gathers the lines of one resource.

    Attributes:
        resource: The resource.
        usage: Its usage by key; nested keys are joined by dots.
        book: Prices.
        items: Lines with a price.
        unpriced: What has no price.
        free: Whether the resource costs nothing by itself.
    """

    resource: Resource
    usage: Mapping[str, float]
    book: PriceBook
    items: list[Item] = field(default_factory=list)
    unpriced: list[Unpriced] = field(default_factory=list)
    free: bool = False

    def fixed(self, price_id: str, quantity: float = 1.0, name: str = "") -> None:
        """Adds what is paid as long as the resource stands: units a month."""
        self._add(price_id, quantity, name, by_usage=False)

    def used(self, price_id: str, key: str, times: float = 1.0, name: str = "") -> None:
        """Adds what goes by one usage key, `times` units for each of it."""
        given = self.usage.get(key)
        self._add(price_id, None if given is None else given * times, name, by_usage=True)

    def counted(self, price_id: str, quantity: float | None, name: str = "") -> None:
        """Adds what goes by several usage keys; None when one of them isn't given."""
        self._add(price_id, quantity, name, by_usage=True)

    def unknown(self, reason: str) -> None:
        """Tells of something that can't be priced."""
        one = self.resource
        self.unpriced.append(Unpriced(one.stack, one.address, one.type, reason))

    def product(self, *keys: str) -> float | None:
        """The usages of several keys multiplied; None when one isn't given."""
        result = 1.0
        for key in keys:
            if key not in self.usage:
                return None
            result *= self.usage[key]
        return result

    def _add(self, price_id: str, quantity: float | None, name: str, *, by_usage: bool) -> None:
        one = self.resource
        tiers = self.book.tiers(price_id, one.region)
        if not tiers:
            self.unknown(f"no price {price_id} in {one.region}")
            return
        first = tiers[0]
        cost = None if quantity is None else tiered_usd(tiers, quantity)
        self.items.append(
            Item(
                one.stack,
                first.cloud,
                one.address,
                one.type,
                name or first.item,
                first.unit,
                quantity,
                cost,
                by_usage,
                price_id,
                f"{first.price_usd:f}",
                first.per,
                first.free,
                first.confidence,
                first.source,
                first.date,
            )
        )


@dataclass(frozen=True)
class Kind:
    """How a type of resource is priced.

    Attributes:
        write: Writes the lines of one resource.
        keys: Usage keys that are Infracost's.
        own: Usage keys that only this estimator knows, given under `isthmus:`.
    """

    write: Callable[[Bill], None]
    keys: tuple[str, ...] = ()
    own: tuple[str, ...] = ()
