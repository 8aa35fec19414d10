"""A cost line by line: what has a price, and what has none, which is told and never counted as 0."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from isthmus.cost.prices import PriceBook
from isthmus.cost.shape import Sizes

GIB = 2**30
GB = 10**9

LAMBDA_LOG_BYTES = 800
"""A line of ours and the platform's START, END and REPORT."""

RUN_LOG_BYTES = 1500
"""A line of ours and the platform's request log."""


@dataclass(frozen=True)
class Line:
    """One line of the cost of a million events.

    Attributes:
        part: What it is for: ingest, broker, bridge, archive, keys, logs, storage.
        cloud: Who bills it.
        item: What is billed.
        quantity: How many units for a million events; None when it isn't by events.
        unit: The unit.
        cost_usd: US dollars for a million events; None when it has no price here.
        counted: Whether the quantity comes from calls that were counted; otherwise from the model.
        price: Id of the price.
        confidence: The price's.
        note: Why it has no price, or what is assumed.
    """

    part: str
    cloud: str
    item: str
    quantity: float | None
    unit: str
    cost_usd: float | None
    counted: bool = False
    price: str = ""
    confidence: str = ""
    note: str = ""


@dataclass(frozen=True)
class Estimate:
    """The cost of a million events: `lines` with a price, and `unpriced`, which are not in the total."""

    lines: tuple[Line, ...]
    unpriced: tuple[Line, ...] = field(default=())

    @property
    def total_usd(self) -> float:
        """US dollars for a million events of what has a price."""
        return math.fsum(line.cost_usd or 0.0 for line in self.lines)

    def by_part(self) -> dict[str, float]:
        """US dollars for a million events, by part."""
        parts: dict[str, float] = {}
        for line in self.lines:
            parts[line.part] = parts.get(line.part, 0.0) + (line.cost_usd or 0.0)
        return parts


class Lines:
    """Gathers the lines of an estimate.

    Args:
        sizes: The functions' sizes and the regions.
        book: Prices.
        counted: Names of the quantities that were counted.
    """

    def __init__(self, sizes: Sizes, book: PriceBook, counted: set[str]) -> None:
        self.sizes = sizes
        self.book = book
        self.counted = counted
        self.priced: list[Line] = []
        self.unpriced: list[Line] = []

    def add(self, part: str, price_id: str, item: str, quantity: float, basis: str = "", note: str = "") -> None:
        """Adds a line; `basis` names the quantity that it follows from."""
        cloud = price_id.split(".")[0]
        region = self.sizes.aws_region if cloud == "aws" else self.sizes.gcp_region
        price = self.book.find(price_id, region)
        if quantity == 0:
            return
        if price is None:
            self.unknown(part, cloud, item, quantity, "unit", f"no price {price_id} in {region}")
            return
        cost = price.cost_usd(quantity)
        line = Line(
            part,
            cloud,
            item,
            quantity,
            price.unit,
            cost,
            basis in self.counted,
            price_id,
            price.confidence,
            note,
        )
        self.priced.append(line)

    def unknown(self, part: str, cloud: str, item: str, quantity: float | None, unit: str, note: str) -> None:
        """Adds a line that has no price."""
        self.unpriced.append(Line(part, cloud, item, quantity, unit, None, note=note))

    def function(
        self, part: str, name: str, calls: float, waits: float, events: float, memory_mb: int, basis: str
    ) -> None:
        """Adds a Lambda function: its requests, duration and logs. `waits`: calls to others, in all."""
        seconds = (waits * self.sizes.call_ms + events * self.sizes.event_ms) / 1000
        architecture = self.sizes.architecture
        self.add(part, f"aws.lambda.request.{architecture}", f"Lambda {name}, requests", calls, basis)
        self.add(
            part,
            f"aws.lambda.duration.{architecture}",
            f"Lambda {name}, duration",
            seconds * memory_mb / 1024,
            basis,
        )
        self.add("logs", "aws.logs.ingest", f"CloudWatch logs of {name}", calls * LAMBDA_LOG_BYTES / GB, basis)

    def service(self, part: str, name: str, calls: float, waits: float, events: float, basis: str) -> None:
        """Adds a Cloud Run service: its requests, vCPU, memory and logs."""
        seconds = (waits * self.sizes.call_ms + events * self.sizes.event_ms) / 1000
        self.add(part, "gcp.run.request", f"Cloud Run {name}, requests", calls, basis)
        self.add(part, "gcp.run.cpu", f"Cloud Run {name}, vCPU", seconds, basis)
        self.add(
            part,
            "gcp.run.memory",
            f"Cloud Run {name}, memory",
            seconds * self.sizes.run_memory_mb / 1024,
            basis,
        )
        self.add("logs", "gcp.logs.ingest", f"Cloud Logging of {name}", calls * RUN_LOG_BYTES / GIB, basis)
