"""The balance as numbers with names: what is plotted, alarmed on and shown beside everything else that is measured."""

from __future__ import annotations

from dataclasses import dataclass

from isthmus.archive.balance import Balance
from isthmus.core.frames import Cloud

MISSING = "isthmus.replication.missing"
OLDEST_MISSING_AGE = "isthmus.replication.oldest_missing_age"
LAG = "isthmus.replication.lag"
CORRUPT = "isthmus.replication.corrupt"
OBJECTS = "isthmus.replication.objects"

UNITS = {MISSING: "{object}", OLDEST_MISSING_AGE: "s", LAG: "s", CORRUPT: "{object}", OBJECTS: "{object}"}
"""The names, with the unit of each (UCUM, as OpenTelemetry writes them). docs/replication.md says what they mean."""


@dataclass(frozen=True)
class Gauge:
    """A number of now.

    Attributes:
        name: Its name, one of `UNITS`.
        cloud: The archive that it is about; None for both together.
        value: The number.
    """

    name: str
    cloud: Cloud | None
    value: float


def gauges(balance: Balance) -> list[Gauge]:
    """Returns the numbers of a balance."""
    found = [Gauge(CORRUPT, None, balance.corrupt)]
    totals = balance.totals()
    for side, cloud in enumerate(balance.clouds):
        lack = balance.lacks[side]
        age_ms = 0 if lack.oldest_ms is None else max(0, balance.at_ms - lack.oldest_ms)
        found += [
            Gauge(MISSING, cloud, lack.objects),
            Gauge(OLDEST_MISSING_AGE, cloud, age_ms / 1000),
            Gauge(LAG, cloud, (balance.lag_ms[side] or 0) / 1000),
            Gauge(OBJECTS, cloud, totals[side].objects),
        ]
    return found
