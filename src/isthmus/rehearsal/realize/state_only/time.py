"""The provider time: moments that are taken once and kept."""

from __future__ import annotations

import calendar
from datetime import UTC, datetime, timedelta
from typing import Any

from isthmus.rehearsal.convert.values import UNKNOWN
from isthmus.rehearsal.realize.base import Realizer, State
from isthmus.rehearsal.realize.state_only.kept import Kept

_PARTS = ("year", "month", "day", "hour", "minute", "second")


def static(planned: State) -> State:
    """`time_static`: the moment of creation, or the one given."""
    moment = _given(planned, "rfc3339")
    return {"id": _written(moment), "rfc3339": _written(moment), **_parts(moment)}


def offset(planned: State) -> State:
    """`time_offset`: a moment so and so far from another."""
    base = _given(planned, "base_rfc3339")
    moment = _moved(base, planned, "offset")
    return {"id": _written(base), "base_rfc3339": _written(base), "rfc3339": _written(moment), **_parts(moment)}


def rotating(planned: State) -> State:
    """`time_rotating`: a moment, and the one when it is over."""
    moment = _given(planned, "rfc3339")
    end = _known(planned.get("rotation_rfc3339"))
    rotation = end or _written(_moved(moment, planned, "rotation"))
    return {"id": _written(moment), "rfc3339": _written(moment), "rotation_rfc3339": rotation, **_parts(moment)}


def is_over(state: State) -> bool:
    """Whether a rotation's time has come."""
    end = state.get("rotation_rfc3339") or ""
    return end != "" and datetime.fromisoformat(end) <= datetime.now(UTC)


def sleep(planned: State) -> State:
    """`time_sleep`, which has nothing to wait for here."""
    return {"id": _written(datetime.now(UTC))}


def _known(value: Any) -> Any:
    return None if value is UNKNOWN else value


def _given(planned: State, name: str) -> datetime:
    text = _known(planned.get(name))
    return datetime.fromisoformat(text) if text else datetime.now(UTC).replace(microsecond=0)


def _written(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ") if moment.utcoffset() == timedelta(0) else moment.isoformat()


def _parts(moment: datetime) -> State:
    return {name: getattr(moment, name) for name in _PARTS} | {"unix": int(moment.timestamp())}


def _moved(moment: datetime, planned: State, kind: str) -> datetime:
    amounts = {
        name: int(_known(planned.get(f"{kind}_{name}")) or 0)
        for name in ("years", "months", "days", "hours", "minutes", "seconds")
    }
    months = moment.month - 1 + amounts.pop("months") + 12 * amounts.pop("years")
    year, month = moment.year + months // 12, months % 12 + 1
    # Like Go: a day that the month hasn't runs over into the next.
    spill = max(0, moment.day - calendar.monthrange(year, month)[1])
    there = moment.replace(year=year, month=month, day=moment.day - spill)
    return there + timedelta(days=spill) + timedelta(**amounts)


REALIZERS: dict[str, Realizer] = {
    "time_offset": Kept(offset),
    "time_rotating": Kept(rotating, is_over),
    "time_sleep": Kept(sleep),
    "time_static": Kept(static),
}
