"""AWS partitions and regions, as the SDK's own list has them (botocore, data/partitions.json)."""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from typing import Any


@dataclass(frozen=True)
class Partition:
    """A partition.

    Attributes:
        name: As `aws`.
        dns_suffix: As `amazonaws.com`.
        regions: Description by region, without the partition's global pseudo-region.
    """

    name: str
    dns_suffix: str
    regions: Mapping[str, str]

    @property
    def reverse_dns_prefix(self) -> str:
        """As `com.amazonaws`."""
        return ".".join(reversed(self.dns_suffix.split(".")))


def of_region(region: str) -> Partition:
    """The partition of a region; the commercial one for a region that no list has."""
    for entry in _entries():
        if re.search(entry["regionRegex"], region):
            return _partition(entry)
    return _partition(_entries()[0])


def named(name: str) -> Partition:
    """The partition of a name; the commercial one for a name that no list has."""
    return _partition(next((entry for entry in _entries() if entry["id"] == name), _entries()[0]))


def _partition(entry: Mapping[str, Any]) -> Partition:
    regions = {name: about["description"] for name, about in entry["regions"].items() if not name.endswith("-global")}
    return Partition(entry["id"], entry["outputs"]["dnsSuffix"], regions)


@functools.cache
def _entries() -> list[dict[str, Any]]:
    text = (resources.files("botocore") / "data" / "partitions.json").read_text()
    found: list[dict[str, Any]] = json.loads(text)["partitions"]
    return sorted(found, key=lambda entry: str(entry["id"]))
