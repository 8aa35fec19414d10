"""The compaction of the clouds: the last days of the archive of its own cloud as Parquet, by a schedule.

What it did is one line of its log, which alarms and figures are made of. A day that is too large for the function, a
run that could not finish and one that failed each say so there; the next run goes on where this one ended.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from isthmus.archive.compact import Bounds, Compaction, compact
from isthmus.archive.recent import type_folders
from isthmus.core import keys
from isthmus.core.errors import ConfigurationError, IsthmusError
from isthmus.core.ports import Tables
from isthmus.functions import log
from isthmus.functions.buckets import bucket
from isthmus.functions.settings import Settings

COMPACTED, NOT_COMPACTED = "compacted", "not compacted"
"""The messages of its lines, which alarms read: all is as it should be, or something is not."""
MAX_NAMED = 20
"""Days and problems that a line names, the first ones. Ours: a line is read by people."""
_TYPE = f"{keys.EVENTS}type="


@dataclass(frozen=True)
class Compactor:
    """What is compacted, and what bounds it.

    Attributes:
        archive: Makes the bucket; called anew for each run.
        catalog: Directory of the event types' schemas.
        lookback_days: Days before today that are looked at, beside today (UTC).
        day_bytes: Bytes of a day, as stored, that are too many for the memory here.
        limit_seconds: No day is begun after so long.
        clock: Seconds since the epoch.
    """

    archive: Callable[[], Tables]
    catalog: Path
    lookback_days: int
    day_bytes: int
    limit_seconds: float
    clock: Callable[[], float] = time.time

    @classmethod
    def of(cls, settings: Settings) -> Compactor:
        """Puts the function together; no cloud is called yet.

        Raises:
            ConfigurationError: when the package has no catalogue: every day would lose its columns.
        """
        return cls(
            partial(bucket, settings.cloud, settings),
            _catalog(),
            settings.lookback_days,
            settings.day_bytes,
            settings.limit_seconds,
        )

    def run(self) -> bool:
        """Compacts once and writes a line; whether all days are as they should be now."""
        began, done = time.perf_counter(), Compaction()
        try:
            self._compact(done, time.monotonic() + self.limit_seconds)
        except IsthmusError as error:
            done.problems.append(str(error))
        whole = not (done.problems or done.out or done.left)
        severity, message = ("INFO", COMPACTED) if whole else ("WARNING", NOT_COMPACTED)
        log.write(message, severity=severity, **facts(done), ms=log.milliseconds(began))
        return whole

    def _compact(self, done: Compaction, deadline: float) -> None:
        archive = self.archive()
        since = datetime.fromtimestamp(self.clock(), UTC) - timedelta(days=self.lookback_days)
        bounds = Bounds(f"{since:%Y-%m-%d}", day_bytes=self.day_bytes, time_is_up=lambda: time.monotonic() > deadline)
        for folder in type_folders([archive], (keys.EVENTS,)):
            type_ = unquote(folder.removeprefix(_TYPE).rstrip("/"))
            # The disk of a function is small, on Google Cloud it is its memory: a type's files go before the next one.
            with tempfile.TemporaryDirectory(prefix="isthmus-archive-") as cache:
                _add(done, compact([archive], Path(cache), catalog=self.catalog, types=[type_], bounds=bounds))


def _add(done: Compaction, more: Compaction) -> None:
    done.written += more.written
    done.current += more.current
    done.left += more.left
    done.problems += more.problems
    done.out |= more.out
    done.too_large |= more.too_large


def facts(done: Compaction) -> dict[str, Any]:
    """What a line tells of a run."""
    return {
        "written": len(done.written),
        "bytes": sum(one.size for one in done.written),
        "current": done.current,
        "left": done.left,
        "too_large": len(done.too_large),
        "too_large_days": {day.key: size for day, size in list(done.too_large.items())[:MAX_NAMED]},
        "problems": [*done.problems, *done.out.values()][:MAX_NAMED],
    }


def _catalog() -> Path:
    # Beside the package in the image and in the zip; a checkout has it above src.
    package = Path(__file__).resolve().parents[1]
    for place in (package.parent / "catalog", package.parents[1] / "catalog"):
        if place.is_dir():
            return place
    raise ConfigurationError(
        "the package has no event catalogue", where=str(package.parent), fix="build it from a whole checkout"
    )
