"""What an environment costs: its stacks' plans, the traffic between the clouds and a million events."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from isthmus.cost import event_path
from isthmus.cost.estimate import Estimate
from isthmus.cost.monthly import Monthly, added
from isthmus.cost.plan import egress, price, region, resources
from isthmus.cost.prices import PriceBook
from isthmus.cost.shape import Sizes
from isthmus.cost.usage import Usage


@dataclass(frozen=True)
class EnvironmentCost:
    """What an environment costs.

    Attributes:
        environment: Its name.
        usage: Name of the usage file.
        monthly: Every line, the traffic between the clouds included.
        million: What a million events cost; None when the usage file doesn't tell how big they are.
        ignored: Keys of the usage file that are not priced.
        unmatched: Addresses of the usage file that no resource has.
    """

    environment: str
    usage: str
    monthly: Monthly
    million: Estimate | None
    ignored: tuple[str, ...]
    unmatched: tuple[str, ...]

    def by_stack(self) -> dict[str, Monthly]:
        """The month's cost by stack, with the traffic between the clouds as one of them."""
        return self.monthly.by(lambda item: item.stack)

    def by_cloud(self) -> dict[str, Monthly]:
        """The month's cost by who bills it."""
        return self.monthly.by(lambda item: item.cloud)

    def by_resource(self) -> dict[str, Monthly]:
        """The month's cost by stack and address."""
        return self.monthly.by(lambda item: f"{item.stack} {item.address}")


def price_environment(
    environment: str, plans: Mapping[str, Mapping[str, Any]], usage: Usage, book: PriceBook
) -> EnvironmentCost:
    """Prices an environment.

    Args:
        environment: Its name.
        plans: Plans that were read, by stack.
        usage: What goes by usage.
        book: Prices.
    """
    parts = [price(plan, stack, usage, book) for stack, plan in plans.items()]
    if plans:
        parts.append(egress(next(iter(plans.values())), usage, book))
    addresses = {resource.address for stack, plan in plans.items() for resource in resources(plan, stack)}
    shape = usage.shape
    million = event_path.modelled(shape, sizes(plans), book) if shape else None
    return EnvironmentCost(
        environment, usage.name, added(parts), million, usage.ignored, tuple(usage.unmatched(addresses))
    )


def sizes(plans: Mapping[str, Mapping[str, Any]]) -> Sizes:
    """The functions' sizes and regions, as they are planned; the defaults where there is none."""
    functions = {
        resource.address.split('"')[1]: resource.values
        for stack, plan in plans.items()
        for resource in resources(plan, stack)
        if resource.type == "aws_lambda_function" and '"' in resource.address
    }
    ingest, worker = functions.get("ingest", {}), functions.get("archive", {})
    usual = Sizes()
    first = next(iter(plans.values()), {})
    return Sizes(
        ingest_memory_mb=ingest.get("memory_size") or usual.ingest_memory_mb,
        worker_memory_mb=worker.get("memory_size") or usual.worker_memory_mb,
        architecture=(ingest.get("architectures") or [usual.architecture])[0],
        aws_region=region(first, "aws") or usual.aws_region,
        gcp_region=region(first, "google") or usual.gcp_region,
    )
