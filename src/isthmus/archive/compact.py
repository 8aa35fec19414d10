"""Compaction: the events of a type and a day as one Parquet object, the same in both archives.

Each identity is in one row of one day: the first that it was accepted on. A day is written again when frames of it have
come since, when an earlier day has become another, or when the catalogue has. What is written is a function of the
frames alone, and an object is replaced as a whole and only at the version that was seen. So readers never see a half or
a double, a run that was cut off is made good by the next one, and of two at once one wins and the other begins anew.

An event that was sent again after more than `LOOKBACK_DAYS` is in two days' objects (`isthmus query` still shows one).
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date as Date
from datetime import timedelta
from pathlib import Path

from isthmus.archive import catalogue, engine, parquet
from isthmus.archive.cache import ObjectCache
from isthmus.archive.catalogue import View
from isthmus.archive.parquet import File
from isthmus.archive.survey import Survey, gather, survey
from isthmus.archive.tables import Held, TableCache, held
from isthmus.core import keys, uuid7
from isthmus.core.errors import IsthmusError, Unavailable
from isthmus.core.frames import Cloud
from isthmus.core.keys import Day
from isthmus.core.ports import Stored, Tables

LOOKBACK_DAYS = 30
"""Days before a day that are searched for its events. Ours: each is read on every run that writes the day."""

FOREVER = "9999-12-31"
"""Behind every day."""

TRIES = 3
"""How often a day is tried that another compactor wrote in between."""

Say = Callable[[str], None]


@dataclass(frozen=True)
class Bounds:
    """What a run takes on: everything, unless told.

    Attributes:
        since: Only days from this one on, as 2026-01-31; those before it are read for what they have, and not written.
        before: Only days before this one: those that ended are seldom written twice.
        day_bytes: Bytes of what a day is made of, as it is stored, that are too many for this machine; 0 for no limit.
        time_is_up: Asked before each day; what is left when it says yes is the next run's.
    """

    since: str = ""
    before: str = FOREVER
    day_bytes: int = 0
    time_is_up: Callable[[], bool] = lambda: False


@dataclass(frozen=True)
class Written:
    """A day that was written.

    Attributes:
        day: The type and the date.
        clouds: The archives that have it now.
        frames: Frames that it was made of.
        size: Bytes of the object.
    """

    day: Day
    clouds: tuple[Cloud, ...]
    frames: int
    size: int


@dataclass
class Compaction:
    """What a run did.

    Attributes:
        written: The days that were written.
        current: Days that were as they should be.
        out: Why a cloud's archive was not written.
        problems: What could not be compacted, as sentences; its events are where they were.
        too_large: Those days that are too large for this machine, with their bytes.
        left: Days that were not looked at when the time was up.
    """

    written: list[Written] = field(default_factory=list)
    current: int = 0
    out: dict[Cloud, str] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    too_large: dict[Day, int] = field(default_factory=dict)
    left: int = 0


def compact(
    buckets: Sequence[Tables],
    cache_dir: Path,
    *,
    catalog: Path | None = None,
    types: Sequence[str] = (),
    bounds: Bounds | None = None,
    say: Say = lambda text: None,
) -> Compaction:
    """Writes the days that are not as they should be, to every archive that answers.

    Args:
        buckets: The archives, one for each cloud.
        cache_dir: Where objects are kept; one for each environment.
        catalog: Directory of the event types' schemas.
        types: Only these; all without it.
        bounds: Which days, how large, until when.
        say: Told what is being done.

    Raises:
        Unavailable: when no archive can be read.
    """
    views = {view.type: view for view in catalogue.load(catalog)}
    done, bounds = Compaction(), bounds or Bounds()
    run = _Run(buckets, ObjectCache(cache_dir), TableCache(cache_dir), views, done, bounds, say)
    prefixes = [keys.type_folder(keys.EVENTS, type_) for type_ in types] or [keys.EVENTS]
    low = bounds.since or "0"
    found = survey(buckets, prefixes, lambda key: low <= _date(key) < bounds.before, bounds.since if types else "")
    done.out.update(found.out)
    answering = [bucket for bucket in buckets if bucket.cloud in found.read]
    tables = [keys.type_folder(keys.COMPACTED, type_) for type_ in types] or [keys.COMPACTED]
    first = _lookback(bounds.since) if bounds.since else ""
    have = held(answering, tables, lambda day: first <= day.date < bounds.before)
    done.out.update(have.out)
    run.buckets = [bucket for bucket in answering if bucket.cloud not in have.out]
    for type_, dates in sorted(_by_type(found, have).items()):
        run.type(type_, dates)
    run.objects.trim()
    return done


def _date(key: str) -> str:
    place = keys.place(key)
    return place.hour[:10] if place and keys.day_end_ms(keys.folder(key)) < keys.NEVER_MS else ""


@dataclass
class _Date:
    """What there is of a day: its frames' keys, and the Parquet objects of it."""

    found: Survey
    stored: dict[Cloud, Stored] = field(default_factory=dict)

    @property
    def size(self) -> int:
        """Bytes of what the day is made of, as it is stored: each frame once, and each Parquet object."""
        frames = sum(next(iter(entries.values())).size for entries in self.found.held.values())
        return frames + sum(one.size for one in self.stored.values())


def _by_type(found: Survey, have: Held) -> dict[str, dict[str, _Date]]:
    types: dict[str, dict[str, _Date]] = {}

    def at(type_: str, date: str) -> _Date:
        return types.setdefault(type_, {}).setdefault(date, _Date(Survey(read=found.read)))

    for key, entries in found.held.items():
        place = keys.place(key)
        if place:
            at(place.type, place.hour[:10]).found.held[key] = entries
    for day, stored in have.days.items():
        at(day.type, day.date).stored = stored
    return types


@dataclass
class _Run:
    """One run of the compaction."""

    buckets: Sequence[Tables]
    objects: ObjectCache
    tables: TableCache
    views: dict[str, View]
    done: Compaction
    bounds: Bounds
    say: Say

    def type(self, type_: str, dates: dict[str, _Date]) -> None:
        """Compacts a type, day by day: an event belongs to the first."""
        files: dict[str, File] = {}
        with tempfile.TemporaryDirectory(prefix="isthmus-compact-") as folder:
            for date in sorted(dates):
                if self.bounds.time_is_up():
                    self.done.left += sum(other >= max(date, self.bounds.since) for other in dates)
                    return
                earlier = {day: files[day] for day in files if day >= _lookback(date)}
                place = Path(folder, date)
                place.mkdir()
                try:
                    file = self._one(Day(type_, date), dates[date], earlier, place)
                except IsthmusError as error:
                    self.done.problems.append(f"{type_} of {date}: {error}")
                    continue
                if file:
                    files[date] = file

    def _one(self, day: Day, here: _Date, earlier: dict[str, File], folder: Path) -> File | None:
        if day.date < self.bounds.since:
            return next(iter(self._fetch(here.stored).values()), None)
        size = here.size + sum(file.path.stat().st_size for file in earlier.values())
        if 0 < self.bounds.day_bytes < size:
            self.done.too_large[day] = size
            return None
        return self._day(day, here, earlier, folder)

    def _day(self, day: Day, here: _Date, earlier: dict[str, File], folder: Path) -> File | None:
        for attempt in range(TRIES):
            old = self._fetch(here.stored)
            if self._is_current(day, here, old, earlier):
                self.done.current += 1
                return next(iter(old.values()))
            work = folder / str(attempt)
            work.mkdir()
            file = self._write(day, here, list(old.values()), earlier, work)
            if not file.cover.frames or self._publish(day, file, here.stored, old):
                return file
            here.stored = held(self.buckets, [day.key]).days.get(day, {})
        self.done.problems.append(f"{day.type} of {day.date}: another compactor is writing it; run this one again")
        return None

    def _fetch(self, stored: dict[Cloud, Stored]) -> dict[Cloud, File]:
        files = {}
        for bucket in self.buckets:
            if bucket.cloud in stored:
                try:
                    files[bucket.cloud] = self.tables.fetch(bucket, stored[bucket.cloud])
                except KeyError:
                    continue
                except Unavailable as error:
                    self.done.out[bucket.cloud] = str(error)
                except IsthmusError as error:
                    self.done.problems.append(f"{error}; it is written anew")
        return files

    def _is_current(self, day: Day, here: _Date, old: dict[Cloud, File], earlier: dict[str, File]) -> bool:
        listed = {str(place.frame) for place in map(keys.place, here.found.held) if place}
        asked = {bucket.cloud for bucket in self.buckets}
        known = {date: file.cover.digest for date, file in earlier.items()}
        return asked <= old.keys() and all(
            listed <= set(file.cover.frames)
            and all(file.cover.earlier.get(date) == now for date, now in known.items())
            and file.cover.catalog == parquet.catalog_digest(self.views.get(day.type))
            for file in old.values()
        )

    def _write(self, day: Day, here: _Date, old: list[File], earlier: dict[str, File], folder: Path) -> File:
        self.say(f"{day.type}: {day.date}")
        known = {frame for file in old for frame in file.cover.frames}
        new = {k: e for k, e in here.found.held.items() if _frame(k) not in known}
        gathered = gather(Survey(new, here.found.read), self.buckets, self.objects)
        self.done.problems += gathered.problems
        sources = list(_sources(gathered.paths))
        apart = list({(len(file.cover.frames), file.path.stat().st_size): file for file in old}.values())
        return parquet.write(folder, sources, apart, earlier, self.views.get(day.type))

    def _publish(self, day: Day, file: File, stored: dict[Cloud, Stored], old: dict[Cloud, File]) -> bool:
        """Writes a day to every archive that doesn't have just these bytes; False when another came before."""
        data = file.path.read_bytes()
        clouds: list[Cloud] = []
        whole = True
        for bucket in self.buckets:
            before = old.get(bucket.cloud)
            if before and before.path.read_bytes() == data:
                continue
            version = stored[bucket.cloud].version if bucket.cloud in stored else ""
            try:
                if bucket.swap(day.key, data, version):
                    clouds.append(bucket.cloud)
                else:
                    whole = False
            except Unavailable as error:
                self.done.out[bucket.cloud] = str(error)
        if clouds:
            self.done.written.append(Written(day, tuple(clouds), len(file.cover.frames), len(data)))
        return whole


def _frame(key: str) -> str:
    """Returns the frame of a key of ours; "" for another one."""
    place = keys.place(key)
    return str(place.frame) if place else ""


def _lookback(date: str) -> str:
    return str(Date.fromisoformat(date) - timedelta(days=LOOKBACK_DAYS))


def _sources(paths: dict[str, Path]) -> Iterator[engine.Source]:
    for key, path in sorted(paths.items(), key=lambda item: _frame(item[0])):
        place = keys.place(key)
        if place:
            yield engine.Source(path, key, str(place.frame), uuid7.unix_ms(place.frame), ())
