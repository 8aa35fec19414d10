"""The sample flights: real events that every part of Isthmus accepts as they are."""

from __future__ import annotations

import json
import tracemalloc
from collections import Counter
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any

import msgspec
import pytest
from jsonschema import Draft202012Validator, FormatChecker

from isthmus.core.events import check_batch, encode_lines
from isthmus.samples import FLIGHT_TYPE, FLIGHTS, flights

SCHEMA = Path(__file__).parents[3] / "catalog" / f"{FLIGHT_TYPE}.schema.json"
TYPES: dict[str, tuple[type, ...]] = {"integer": (int,), "string": (str,), "null": (type(None),)}


@pytest.fixture(scope="module")
def lines() -> list[bytes]:
    """All of them."""
    return list(flights())


@pytest.fixture(scope="module")
def rows(lines: list[bytes]) -> list[dict[str, Any]]:
    """All of them, decoded."""
    return msgspec.json.decode(b"[" + b",".join(lines) + b"]")


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    """The schema of the catalogue."""
    return json.loads(SCHEMA.read_text())


def test_there_are_50_000_flights_each_with_an_identity_of_its_own(rows) -> None:
    assert len(rows) == FLIGHTS == 50_000
    assert len({row["id"] for row in rows}) == FLIGHTS


def test_each_is_accepted_as_it_is(lines) -> None:
    checked, rejected = check_batch(b"[" + b",".join(lines) + b"]")
    assert rejected == []
    assert encode_lines([event.event for event in checked]) == b"\n".join(lines) + b"\n"
    assert not any(b"\n" in line for line in lines)


def test_every_day_airline_and_airport_of_the_year_is_there(rows) -> None:
    assert len({(row["data"]["month"], row["data"]["day"]) for row in rows}) == 365
    assert len({row["source"] for row in rows}) == 16
    assert {row["data"]["origin"] for row in rows} == {"EWR", "JFK", "LGA"}


def test_the_attributes_say_what_the_row_says(rows) -> None:
    for row in rows:
        data = row["data"]
        day = f"{data['year']}-{data['month']:02}-{data['day']:02}"
        flight = f"{data['carrier']}-{data['flight']}-{data['origin']}-{data['sched_dep_time']:04}"
        assert row["id"] == f"{day}-{flight}"
        assert (row["source"], row["type"]) == (f"/airlines/{data['carrier']}", FLIGHT_TYPE)
        assert row["time"].startswith(f"{day}T{data['hour']:02}:{data['minute']:02}:00-0")


def test_the_time_is_new_yorks_and_its_hour_in_utc_is_the_rows(rows) -> None:
    times = [datetime.fromisoformat(row["time"]) for row in rows]
    assert times == sorted(times)
    for time, row in zip(times, rows, strict=True):
        assert time.astimezone(UTC).strftime("%Y-%m-%dT%H:00:00Z") == row["data"]["time_hour"]
    offsets = Counter(time.strftime("%z") for time in times)
    assert set(offsets) == {"-0500", "-0400"}
    summer = [time for time in times if time.strftime("%z") == "-0400"]
    assert (summer[0].date().isoformat(), summer[-1].date().isoformat()) == ("2013-03-10", "2013-11-02")


def test_a_part_of_them_is_the_same_part_each_time(lines) -> None:
    assert list(flights(limit=3)) == lines[:3]
    assert list(flights(limit=2, start=49_999)) == lines[49_999:]
    assert list(islice(flights(start=10), 2)) == lines[10:12]
    assert list(flights(limit=0)) == []
    with pytest.raises(ValueError, match="negative"):
        next(flights(start=-1))


def test_a_thousand_of_them_satisfy_the_schema(rows, schema) -> None:
    Draft202012Validator.check_schema(schema)
    validator = Draft202012Validator(schema, format_checker=FormatChecker())
    for row in rows[::50]:
        validator.validate(row["data"])


def test_all_of_them_have_the_types_of_the_schema(rows, schema) -> None:
    properties = schema["properties"]
    assert schema["required"] == list(properties)
    allowed = {}
    for name, rule in properties.items():
        kinds = rule["type"] if isinstance(rule["type"], list) else [rule["type"]]
        allowed[name] = tuple(type_ for kind in kinds for type_ in TYPES[kind])
    for row in rows:
        assert row["data"].keys() == allowed.keys()
        assert all(isinstance(value, allowed[name]) for name, value in row["data"].items())


def test_every_property_is_described(schema) -> None:
    assert all(rule["description"].endswith(".") for rule in schema["properties"].values())


def test_they_are_read_in_little_memory() -> None:
    """As objects, all values of all columns are 50 MB; a demo shares a laptop with two clouds."""
    tracemalloc.start()
    try:
        rows = flights()
        for _ in islice(rows, FLIGHTS // 2):
            held, _ = tracemalloc.get_traced_memory()
            assert held < 16 * 1024**2
    finally:
        tracemalloc.stop()
