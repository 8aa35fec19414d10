"""When a job runs: Storage Transfer's repeat interval, Cloud Scheduler's cron, the rate and cron expressions of AWS."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol

from isthmus.core.errors import ConfigurationError

_UNITS = {"minute": 60, "hour": 3600, "day": 86_400}
_RATE = re.compile(r"rate\((?P<count>[1-9][0-9]{0,8}) (?P<unit>minute|hour|day)(?P<plural>s?)\)")
_CRON = re.compile(r"cron\((?P<fields>[^()]+)\)")
_MONTHS = {
    **{"JAN": 1, "FEB": 2, "MAR": 3, "APR": 4, "MAY": 5, "JUN": 6},
    **{"JUL": 7, "AUG": 8, "SEP": 9, "OCT": 10, "NOV": 11, "DEC": 12},
}
_DAYS = {"SUN": 1, "MON": 2, "TUE": 3, "WED": 4, "THU": 5, "FRI": 6, "SAT": 7}
_FAR_DAYS = 366 * 5
"""How far ahead a cron expression is looked at: 29 February comes within it."""


class Schedule(Protocol):
    """Says when a job runs next."""

    def after(self, seconds: float, last: float | None) -> float | None:
        """Returns the first time after `seconds` (Unix) at which it runs; None for never again.

        Args:
            seconds: Since when it is asked.
            last: When it ran last; None for never.
        """


@dataclass(frozen=True)
class Every:
    """At fixed distances from a beginning.

    Attributes:
        interval_seconds: Between two runs.
        begin: The first run, Unix seconds.
        end: None after it.
    """

    interval_seconds: float
    begin: float = 0.0
    end: float | None = None

    def after(self, seconds: float, last: float | None) -> float | None:
        """The first multiple of the interval behind `seconds`; at once when it has begun and never ran."""
        if last is None and seconds >= self.begin:
            found = seconds
        else:
            passed = max(0.0, (seconds - self.begin) // self.interval_seconds + 1)
            found = self.begin + passed * self.interval_seconds if seconds >= self.begin else self.begin
        return None if self.end is not None and found >= self.end else found


@dataclass(frozen=True)
class Rate:
    """AWS's `rate(…)`: so long after the last run, the first time after the task was made."""

    interval_seconds: float

    def after(self, seconds: float, last: float | None) -> float | None:
        """An interval after the last run."""
        return seconds + self.interval_seconds if last is None else last + self.interval_seconds


@dataclass(frozen=True)
class Cron:
    """AWS's `cron(minutes hours day-of-month month day-of-week year)`, in UTC.

    Attributes:
        minutes, hours, days, months, weekdays, years: What each field allows; weekdays count from Sunday, 1.
    """

    minutes: frozenset[int]
    hours: frozenset[int]
    days: frozenset[int]
    months: frozenset[int]
    weekdays: frozenset[int]
    years: frozenset[int]

    def after(self, seconds: float, last: float | None) -> float | None:
        """The first minute behind `seconds` that it names."""
        first = datetime.fromtimestamp(seconds, UTC).replace(second=0, microsecond=0) + timedelta(minutes=1)
        for ahead in range(_FAR_DAYS):
            day = (first + timedelta(days=ahead)).replace(hour=0, minute=0)
            if self._names(day):
                for hour in sorted(self.hours):
                    for minute in sorted(self.minutes):
                        found = day.replace(hour=hour, minute=minute)
                        if found >= first:
                            return found.timestamp()
        return None

    def _names(self, day: datetime) -> bool:
        weekday = day.isoweekday() % 7 + 1
        return day.day in self.days and day.month in self.months and weekday in self.weekdays and day.year in self.years


def expression(text: str) -> Schedule:
    """Reads a schedule expression of AWS.

    Raises:
        ConfigurationError: when it is none, or has what DataSync's cron has and this one doesn't (L, W, #).
    """
    rate = _RATE.fullmatch(text)
    if rate and (rate["count"] == "1") == (rate["plural"] == ""):
        return Rate(int(rate["count"]) * _UNITS[rate["unit"]])
    cron = _CRON.fullmatch(text)
    fields = cron["fields"].split() if cron else []
    if len(fields) != 6:
        raise _unknown(text)
    if (fields[2] == "?") == (fields[4] == "?"):
        raise _unknown(text, "one of day-of-month and day-of-week is ?, and only one")
    return Cron(
        _field(text, fields[0], 0, 59),
        _field(text, fields[1], 0, 23),
        _field(text, fields[2], 1, 31),
        _field(text, fields[3], 1, 12, _MONTHS),
        _field(text, fields[4], 1, 7, _DAYS),
        _field(text, fields[5], 1970, 2199),
    )


def unix_cron(text: str) -> Schedule:
    """Reads a schedule of Cloud Scheduler: minutes, hours, day of month, month, day of week, in UTC.

    Raises:
        ConfigurationError: when it is none, or names days of the week, which cron counts otherwise than AWS.
    """
    fields = text.split()
    if len(fields) != 5 or fields[4] != "*":
        raise ConfigurationError(
            f"this is no schedule that can be followed: {text}",
            fix="write five fields, the last one *, as */15 * * * *: minutes, hours, day of month, month, day of week",
        )
    return expression(f"cron({' '.join(fields[:4])} ? *)")


def _field(text: str, field: str, low: int, high: int, names: Mapping[str, int] | None = None) -> frozenset[int]:
    found: set[int] = set()
    for part in field.split(","):
        span, _, step = part.partition("/")
        first, dash, last = span.partition("-")
        if span in ("*", "?"):
            begin, end = low, high
        else:
            begin = _number(text, first, names)
            end = _number(text, last, names) if dash else high if step else begin
        width = _number(text, step, None) if step else 1
        if not (low <= begin <= end <= high and width > 0):
            raise _unknown(text, f"{part} is not within {low} to {high}")
        found.update(range(begin, end + 1, width))
    return frozenset(found)


def _number(text: str, word: str, names: Mapping[str, int] | None) -> int:
    named = (names or {}).get(word.upper())
    if named is not None:
        return named
    if not (word.isascii() and word.isdigit()):
        raise _unknown(text, f"{word!r} is no number")
    return int(word)


def _unknown(text: str, why: str = "") -> ConfigurationError:
    return ConfigurationError(
        f"this is no schedule that can be followed: {text}" + (f" ({why})" if why else ""),
        fix="write rate(6 hours), or cron(0 3 * * ? *): minutes, hours, day of month, month, day of week, year",
    )


def repeated(fields: Mapping[str, object]) -> Every:
    """Reads Storage Transfer's `schedule` as a state has it: it runs at once, then by the interval from midnight on.

    Without a time of day a job runs at once and each interval from midnight (Storage Transfer API, Schedule, 2026-11).
    """
    interval = _duration(str(fields.get("repeat_interval") or "86400s"))
    begin = _day(fields.get("schedule_start_date"))
    if begin is None:
        raise ConfigurationError("the schedule has no day on which it starts", where="schedule_start_date")
    times = _first(fields.get("start_time_of_day"))
    if times:
        begin += timedelta(hours=int(times["hours"]), minutes=int(times["minutes"]), seconds=int(times["seconds"]))
    end = _day(fields.get("schedule_end_date"))
    return Every(interval, begin.timestamp(), (end + timedelta(days=1)).timestamp() if end else None)


def _day(blocks: object) -> datetime | None:
    block = _first(blocks)
    return datetime(int(block["year"]), int(block["month"]), int(block["day"]), tzinfo=UTC) if block else None


def _first(blocks: object) -> Mapping[str, int] | None:
    return blocks[0] if isinstance(blocks, list) and blocks else None


def _duration(text: str) -> float:
    match = re.fullmatch(r"([0-9]{1,9}(?:\.[0-9]+)?)s", text)
    if not match or not float(match[1]):
        raise ConfigurationError(f"{text!r} is no length of time", fix="write seconds, as 3600s")
    return float(match[1])


def seconds_of(text: str | None) -> float:
    """Returns the seconds of a duration as Google writes it, `3600s`; 0 for none.

    Raises:
        ConfigurationError: when it is none.
    """
    return _duration(text) if text else 0.0
