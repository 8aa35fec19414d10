"""What a game day measures, in which unit, and what counts as a success: `publisher_rto <= 2 s`."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from isthmus.core.errors import ConfigurationError


@dataclass(frozen=True)
class Measure:
    """Something that is measured.

    Attributes:
        name: As criteria name it.
        title: As people read it.
        unit: In which it is measured.
        says: What exactly it is.
    """

    name: str
    title: str
    unit: str
    says: str


MEASURES: Mapping[str, Measure] = {
    measure.name: measure
    for measure in (
        Measure(
            "publisher_rto",
            "RTO of the publisher",
            "s",
            "The longest that an event waited from `send` to its acknowledgement, since the first fault began.",
        ),
        Measure(
            "silence",
            "longest silence",
            "s",
            "The longest time without any acknowledgement while events were being sent.",
        ),
        Measure("recovery", "recovery", "s", "From the end of the last fault to the next acknowledgement."),
        Measure(
            "rpo",
            "RPO",
            "s",
            "The longest that an acknowledged event was not in both archives: what a cloud's loss would have cost.",
        ),
        Measure("whole", "both archives whole", "s", "From the end of the last fault until both archives were whole."),
        Measure(
            "error_budget",
            "error budget used",
            "%",
            "Requests to the ingests that had to be made again, of all requests.",
        ),
        Measure("failed_sends", "failed sends", "events", "Events that the publisher could not get rid of."),
        Measure("lost", "lost", "events", "Acknowledged events that an archive does not hold."),
        Measure("duplicated", "duplicated", "events", "Identities that an archive holds more than once."),
        Measure("differing", "differing", "objects", "Objects that the two archives do not have alike, byte by byte."),
        Measure("resolution", "slowest lookup", "s", "The longest that a lookup of the ingest's name took."),
        Measure("unresolved", "unanswered lookups", "lookups", "Lookups that no DNS provider answered."),
        Measure("frames", "frames", "objects", "Objects that each archive got."),
        Measure("acknowledged", "acknowledged", "events", "Events that an ingest acknowledged."),
        Measure("spooled", "spooled", "events", "Events that went through the producer's spool on disk."),
        Measure("failovers", "failovers", "batches", "Batches that the other cloud took than the one tried first."),
        Measure("backlog", "largest backlog", "messages", "The most messages that waited in one queue."),
        Measure("dead_letters", "dead letters", "messages", "The most messages in the dead-letter queues together."),
    )
}

_UNITS: Mapping[str, tuple[str, float]] = {"ms": ("s", 0.001), "min": ("s", 60.0)}
"""Other units that a criterion may use: what they are converted to, and by what."""

_COMPARISONS: Mapping[str, Callable[[float, float], bool]] = {"<=": operator.le, ">=": operator.ge, "=": operator.eq}
_CRITERION = re.compile(r"^(?P<measure>\w+)\s*(?P<sign><=|>=|=)\s*(?P<number>\d+(?:\.\d+)?)\s*(?P<unit>[A-Za-z%]*)$")


@dataclass(frozen=True)
class Criterion:
    """One criterion of success.

    Attributes:
        measure: What is measured.
        sign: `<=`, `>=` or `=`.
        limit: The limit, in the measure's own unit.
        text: As it was written.
    """

    measure: Measure
    sign: str
    limit: float
    text: str

    @classmethod
    def parse(cls, text: str) -> Criterion:
        """Reads `publisher_rto <= 2 s`.

        Raises:
            ConfigurationError: It is none; with what would be one.
        """
        match = _CRITERION.match(text.strip())
        if match is None:
            raise ConfigurationError(f"“{text}” is not a criterion", fix="write it as: publisher_rto <= 2 s")
        measure = MEASURES.get(match["measure"])
        if measure is None:
            raise ConfigurationError(f"nothing measures “{match['measure']}”", fix=f"use one of: {', '.join(MEASURES)}")
        unit, factor = _UNITS.get(match["unit"], (match["unit"], 1.0))
        if unit != measure.unit:
            said = f"has the unit “{match['unit']}”" if match["unit"] else "has no unit"
            raise ConfigurationError(f"the criterion “{text}” {said}", fix=f"{measure.name} is in: {_units(measure)}")
        return cls(measure, match["sign"], float(match["number"]) * factor, text.strip())

    def judge(self, measured: Mapping[str, float | None]) -> Judgement:
        """Compares it with what was measured; what could not be measured fails."""
        value = measured.get(self.measure.name)
        return Judgement(self, value, value is not None and _COMPARISONS[self.sign](value, self.limit))


@dataclass(frozen=True)
class Judgement:
    """What came of a criterion.

    Attributes:
        criterion: Which.
        value: What was measured, in the measure's unit; None where nothing could be.
        passed: Whether it holds.
    """

    criterion: Criterion
    value: float | None
    passed: bool


def shown(value: float | None, unit: str) -> str:
    """A measured value as people read it."""
    if value is None:
        return "not measured"
    number = f"{value:,.0f}" if unit not in ("s", "%") else f"{value:,.2f}"
    return f"{number} {unit}"


def _units(measure: Measure) -> str:
    others = [name for name, (unit, _) in _UNITS.items() if unit == measure.unit]
    return ", ".join([measure.unit, *others])
