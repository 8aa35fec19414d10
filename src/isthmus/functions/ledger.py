"""The ledger of the clouds: compares the last hours of both archives by listing them, and says what is missing.

It runs on each cloud by a schedule. What it finds is one line of its log, which alarms and figures are made of. An
archive that can't be listed is told as that: nothing is said of what is missing then, and an alarm waits for the line.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from isthmus.archive.balance import GRACE_SECONDS, Balance, Rules
from isthmus.archive.gauges import gauges
from isthmus.archive.recent import recent
from isthmus.core import keys
from isthmus.core.errors import Unavailable
from isthmus.core.frames import Cloud
from isthmus.core.ports import Bucket
from isthmus.functions import log
from isthmus.functions.buckets import bucket
from isthmus.functions.settings import Settings

MAX_NAMED = 20
"""Hours and keys that a line names of each archive, the first ones. Ours: a line is read by people."""
COMPARED, NOT_COMPARED = "compared", "not compared"
"""The messages of its lines, which alarms read."""
_PREFIX = "isthmus.replication."


@dataclass(frozen=True)
class Ledger:
    """What is compared, and how long that may take.

    Attributes:
        archives: Makes the bucket of a cloud; called anew for each comparison.
        window_hours: How far back frames are looked at.
        limit_seconds: What is not done by then is given up.
    """

    archives: Callable[[Cloud], Bucket]
    window_hours: int
    limit_seconds: float

    @classmethod
    def of(cls, settings: Settings) -> Ledger:
        """Puts the function together; no cloud is called yet."""
        return cls(partial(bucket, settings=settings), settings.window_hours, settings.limit_seconds)

    def compare(self) -> bool:
        """Compares once and writes a line; whether it could be told what is missing."""
        began = time.perf_counter()
        try:
            balance = self._balance(time.monotonic() + self.limit_seconds)
        except Unavailable as error:
            log.write(
                NOT_COMPARED, severity="WARNING", reason=error.what, where=error.where, ms=log.milliseconds(began)
            )
            return False
        log.write(COMPARED, **facts(balance), window_hours=self.window_hours, ms=log.milliseconds(began))
        return True

    def _balance(self, deadline: float) -> Balance:
        def pace(done: int) -> None:
            if time.monotonic() > deadline:
                why = f"the last {self.window_hours} hours have too many objects for {self.limit_seconds:g} s"
                raise Unavailable(why, where=f"after {done:,} objects")

        rules = Rules(grace_seconds=GRACE_SECONDS)
        return recent(self.archives("aws"), self.archives("gcp"), self.window_hours, rules, progress=pace)


def facts(balance: Balance) -> dict[str, Any]:
    """The figures of a balance as a line has them: by archive, and the hours in which objects are missing."""
    found: dict[str, Any] = {}
    for gauge in gauges(balance):
        name = gauge.name.removeprefix(_PREFIX)
        if gauge.cloud:
            found.setdefault(name, {})[gauge.cloud] = gauge.value
        else:
            found[name] = gauge.value
    return {
        **found,
        "in_flight": balance.in_flight,
        "hours": _hours(balance),
        "corrupt_keys": balance.corrupt_named[:MAX_NAMED],
    }


def _hours(balance: Balance) -> dict[str, dict[str, int]]:
    """For each archive the hours that it lacks objects of, and of how many it is known by name."""
    counted = (Counter(keys.folder(key) for key in lack.named) for lack in balance.lacks)
    return {
        cloud: dict(sorted(hours.items())[:MAX_NAMED]) for cloud, hours in zip(balance.clouds, counted, strict=True)
    }
