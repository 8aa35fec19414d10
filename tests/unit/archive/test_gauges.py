"""The numbers of a balance, and their names."""

from __future__ import annotations

from isthmus.archive import gauges
from isthmus.archive.balance import Rules, reckon

T0_MS = 1_764_000_000_000


def test_every_number_has_a_documented_name_and_says_which_archive(aws, gcp, keep, event) -> None:
    (key,) = keep([aws], [event(1)], at_ms=T0_MS)
    aws._created[key] = T0_MS + 1500
    found = {
        (g.name, g.cloud): g.value for g in gauges.gauges(reckon(aws, gcp, Rules(clock_ms=lambda: T0_MS + 60_000)))
    }
    assert {name for name, _ in found} == gauges.UNITS.keys()
    assert found[gauges.MISSING, "gcp"] == 1
    assert found[gauges.MISSING, "aws"] == 0
    assert found[gauges.OLDEST_MISSING_AGE, "gcp"] == 60
    assert found[gauges.LAG, "aws"] == 1.5
    assert found[gauges.CORRUPT, None] == 0
