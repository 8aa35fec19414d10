"""What a query reads from Parquet, and what is left to be read frame by frame."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from isthmus.archive import engine, parquet
from isthmus.archive.prune import Pruned
from isthmus.archive.survey import Survey
from isthmus.archive.tables import TableCache, best, held
from isthmus.core import keys
from isthmus.core.frames import Cloud
from isthmus.core.keys import Day
from isthmus.core.ports import Tables

_COLUMNS = tuple(parquet.COLUMNS)


@dataclass
class Compacted:
    """Days that are read as Parquet.

    Attributes:
        tables: What to load.
        whole: Frames all of whose events are in them.
        problems: Objects that could not be used, as sentences.
    """

    tables: list[engine.Table] = field(default_factory=list)
    whole: set[str] = field(default_factory=set)
    problems: list[str] = field(default_factory=list)

    def left(self, found: Survey) -> Survey:
        """Returns a survey without what the tables have."""
        entries = {key: clouds for key, clouds in found.held.items() if _frame(key) not in self.whole}
        return Survey(entries, found.read)


def gather_compacted(found: Survey, buckets: Sequence[Tables], cache: TableCache, needed: Pruned) -> Compacted:
    """Brings the Parquet here that a query can use; without an archive that does not answer.

    Args:
        found: The frames that the query can need, and who holds them.
        buckets: The archives.
        cache: Where copies are kept.
        needed: What the query can need.
    """
    answering = [bucket for bucket in buckets if bucket.cloud in found.read]
    have = held(answering, needed.compacted_prefixes(), needed.wants_day)
    frames = _holders(found) if have.days else {}
    compacted = Compacted()
    for day, stored in sorted(have.days.items()):
        chosen = best(stored, answering, cache, compacted.problems)
        if chosen:
            file, _ = chosen
            compacted.tables.append(_table(day, file, frames.get(day, {}), tuple(sorted(stored))))
            compacted.whole |= file.cover.whole
    return compacted


def _holders(found: Survey) -> dict[Day, dict[str, tuple[str, ...]]]:
    days: dict[Day, dict[str, tuple[str, ...]]] = {}
    for key, entries in found.held.items():
        place = keys.place(key)
        if place:
            days.setdefault(Day(place.type, place.hour[:10]), {})[str(place.frame)] = tuple(sorted(entries))
    return days


def _table(
    day: Day, file: parquet.File, holders: dict[str, tuple[str, ...]], clouds: tuple[Cloud, ...]
) -> engine.Table:
    folder = f"{keys.type_folder(keys.EVENTS, day.type)}date={day.date}/"
    return engine.Table(parquet.selected(file, _COLUMNS), file.path, day.type, folder, holders, clouds)


def _frame(key: str) -> str:
    place = keys.place(key)
    return str(place.frame) if place else ""
