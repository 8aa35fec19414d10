"""The sample flights: read from the columns that the package ships, written as JSON lines."""

from __future__ import annotations

import lzma
from collections.abc import Callable, Iterator, Sequence
from importlib import resources
from itertools import islice

FLIGHTS = 50_000
"""Flights in the sample."""

FLIGHT_TYPE = "com.example.flight.departed"
_AT_A_TIME = 1000
_TEXTS = frozenset({"carrier", "tailnum", "origin", "dest", "time_hour"})
_HEAD = (
    b'{"specversion":"1.0","id":"%b-%b-%b-%b-%b-%b-%b","source":"/airlines/%b","type":"'
    + FLIGHT_TYPE.encode()
    + b'","time":"%b-%b-%bT%b:%b:00-0%d:00","datacontenttype":"application/json","data":{'
)


def flights(limit: int | None = None, start: int = 0) -> Iterator[bytes]:
    """Yields flights as CloudEvents, one line of JSON each without a line break, in the order of their departure.

    `source` is the airline, `id` the row's key (`2013-01-01-UA-1545-EWR-0515`: day, airline, flight, airport, scheduled
    departure), `time` the scheduled departure in New York's time, `data` the row.

    Args:
        limit: How many at most; None for all.
        start: How many to leave out first.
    """
    if start < 0 or (limit is not None and limit < 0):
        raise ValueError(f"start and limit can't be negative: {start}, {limit}")
    stop = None if limit is None else start + limit
    columns = _columns()
    names = list(columns)
    write = _writer(names)
    for row in islice(zip(*columns.values(), strict=True), start, stop):
        yield write(row)


def _columns() -> dict[str, Iterator[bytes]]:
    packed = resources.files(__package__).joinpath("flights.csv.xz").read_bytes()
    lines = (line.partition(b",") for line in lzma.decompress(packed).splitlines())
    return {name.decode(): _values(rest) for name, _, rest in lines}


def _values(rest: bytes) -> Iterator[bytes]:
    """Takes a column apart bit by bit: as objects, all values of all columns are 50 MB."""
    while len(values := rest.split(b",", _AT_A_TIME)) > _AT_A_TIME:
        rest = values.pop()
        yield from values
    yield from values


def _writer(names: Sequence[str]) -> Callable[[tuple[bytes, ...]], bytes]:
    """Makes the function that writes a row of these columns."""
    at = {name: index for index, name in enumerate(names)}
    year, month, day, carrier, flight, origin, scheduled, hour, minute, time_hour = (
        at[name]
        for name in [
            "year",
            "month",
            "day",
            "carrier",
            "flight",
            "origin",
            "sched_dep_time",
            "hour",
            "minute",
            "time_hour",
        ]
    )
    keys = [(b'"%b":"' if name in _TEXTS else b'"%b":') % name.encode() for name in names]
    ends = [b'"' if name in _TEXTS else b"" for name in names]
    data = b",".join(key + b"%b" + end for key, end in zip(keys, ends, strict=True)) + b"}}"
    template = _HEAD + data

    def write(row: tuple[bytes, ...]) -> bytes:
        y, m, d = row[year], row[month].zfill(2), row[day].zfill(2)
        # Hours between UTC and the local hour: 5 in winter, 4 in summer.
        behind = (int(row[time_hour][11:13]) - int(row[hour])) % 24
        airline, number, airport = row[carrier], row[flight], row[origin]
        key = (y, m, d, airline, number, airport, row[scheduled].zfill(4))
        line = template % (*key, airline, y, m, d, row[hour].zfill(2), row[minute].zfill(2), behind, *row)
        return line if b"" not in row else _with_nulls(line)

    return write


def _with_nulls(line: bytes) -> bytes:
    """What is missing is empty in the file: `"dep_time":,` and, of the texts, only `"tailnum":""`."""
    return line.replace(b":,", b":null,").replace(b':"",', b":null,")
