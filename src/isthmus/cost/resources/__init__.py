"""Which types of resources are priced, which are free and why, and which have no price."""

from __future__ import annotations

from isthmus.cost.resources import (
    aws_compute,
    aws_messaging,
    aws_network,
    aws_storage,
    aws_watch,
    gcp_compute,
    gcp_network,
    gcp_storage,
)
from isthmus.cost.resources.bill import Kind

_FAMILIES = (
    aws_compute,
    aws_messaging,
    aws_network,
    aws_storage,
    aws_watch,
    gcp_compute,
    gcp_network,
    gcp_storage,
)

KINDS: dict[str, Kind] = {name: kind for family in _FAMILIES for name, kind in family.KINDS.items()}
"""How each type is priced."""

FREE: dict[str, str] = {name: why for family in _FAMILIES for name, why in family.FREE.items()}
"""Types that cost nothing by themselves, and why."""

NOT_PRICED: dict[str, str] = {name: why for family in _FAMILIES for name, why in family.NOT_PRICED.items()}
"""Types that cost something, or might, for which there is no price, and why."""
