"""Prices a plan as `terraform show -json` writes it: each resource that stands once it is applied."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from isthmus.core.errors import ConfigurationError
from isthmus.cost.lengths import Lengths, walk
from isthmus.cost.monthly import Monthly, Unpriced
from isthmus.cost.prices import PriceBook
from isthmus.cost.resources import FREE, KINDS, NOT_PRICED
from isthmus.cost.resources.bill import Bill, Resource
from isthmus.cost.usage import Usage

EGRESS = "between the clouds"
"""Where the traffic between the clouds is told, beside the stacks."""

NO_CLOUD = ("random_", "time_", "terraform_data", "null_resource")
"""How types begin that are Terraform's own and that no cloud bills."""

_EGRESS_KEYS = (
    ("aws", "aws.egress", "aws_to_gcp_gb", "AWS to Google Cloud"),
    ("google", "gcp.egress", "gcp_to_aws_gb", "Google Cloud to AWS"),
)


def read(document: bytes, where: str) -> dict[str, Any]:
    """Reads a plan.

    Raises:
        ConfigurationError: It isn't JSON, isn't a plan, has another version or didn't come to an end.
    """
    try:
        decoded = json.loads(document)
    except (ValueError, RecursionError) as error:
        raise _bad(f"the plan is not readable JSON: {error}", where) from error
    plan: dict[str, Any] = decoded if isinstance(decoded, dict) else {}
    values = plan.get("planned_values")
    if not isinstance(values, dict) or not isinstance(values.get("root_module"), dict):
        raise _bad("this is no plan: it has no planned_values with a root_module", where)
    version = str(plan.get("format_version", ""))
    if version.split(".")[0] != "1":
        raise _bad(f"the plan's format_version is {version or 'missing'}, not 1.x", where)
    if plan.get("errored"):
        raise _bad("the plan ended in an error and is not whole", where)
    for number, (_, found) in enumerate(walk(values["root_module"]), start=1):
        lacking = [name for name in ("address", "mode", "type") if not isinstance(found.get(name), str)]
        if lacking:
            raise _bad(f"planned resource {number} has no {lacking[0]}", where)
    return plan


def price(plan: Mapping[str, Any], stack: str, usage: Usage, book: PriceBook) -> Monthly:
    """Prices every resource of a plan that was read.

    Args:
        plan: The plan.
        stack: Its stack's name.
        usage: What goes by usage.
        book: Prices.
    """
    bills = [_bill(resource, usage, book) for resource in resources(plan, stack)]
    items = tuple(item for bill in bills for item in bill.items)
    unpriced = tuple(one for bill in bills for one in bill.unpriced)
    return Monthly(items, unpriced, sum(bill.free for bill in bills))


def resources(plan: Mapping[str, Any], stack: str) -> Iterator[Resource]:
    """The resources that a plan makes or keeps; data sources are none."""
    regions = {cloud: region(plan, cloud) for cloud in ("aws", "google")}
    lengths = Lengths(plan)
    for path, found in walk(plan["planned_values"].get("root_module") or {}):
        if found.get("mode") == "managed":
            values = found.get("values") or {}
            place = _place(values) or regions["aws" if found["type"].startswith("aws_") else "google"]
            yield Resource(stack, found["address"], found["type"], values, place, lengths.of(path, found))


def region(plan: Mapping[str, Any], cloud: str) -> str:
    """The region of a cloud that a plan's variables name, `aws` or `google`; empty when they name none."""
    value = ((plan.get("variables") or {}).get(cloud) or {}).get("value")
    return str(value.get("region", "")) if isinstance(value, dict) else ""


def egress(plan: Mapping[str, Any], usage: Usage, book: PriceBook) -> Monthly:
    """Prices the traffic between the clouds, in the regions that a plan names."""
    bills = []
    for cloud, price_id, key, name in _EGRESS_KEYS:
        address = f"{EGRESS}, {name}"
        bill = Bill(Resource(EGRESS, address, "egress", {}, region(plan, cloud)), usage.egress, book)
        bill.used(price_id, key, name=name)
        bills.append(bill)
    return Monthly(
        tuple(item for bill in bills for item in bill.items), tuple(one for bill in bills for one in bill.unpriced)
    )


def _bill(resource: Resource, usage: Usage, book: PriceBook) -> Bill:
    bill = Bill(resource, usage.of(resource.type, resource.address), book)
    kind = KINDS.get(resource.type)
    if kind is not None:
        kind.write(bill)
        bill.free = not bill.items and not bill.unpriced
    elif resource.type in FREE or resource.type.startswith(NO_CLOUD):
        bill.free = True
    else:
        reason = NOT_PRICED.get(resource.type, "the estimator doesn't know this type")
        bill.unpriced.append(Unpriced(resource.stack, resource.address, resource.type, reason))
    return bill


def _place(values: Mapping[str, Any]) -> str:
    return str(values.get("region") or values.get("location") or "").lower()


def _bad(what: str, where: str) -> ConfigurationError:
    return ConfigurationError(
        what, where=where, fix="make it again: terraform plan -out=FILE, terraform show -json FILE"
    )
