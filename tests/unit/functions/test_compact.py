"""The compaction of the clouds: its line, its bounds, and that its bytes are those of `isthmus compact`."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from isthmus.adapters.memory import MemoryBucket
from isthmus.archive.compact import compact
from isthmus.core import frames, keeping, keys
from isthmus.core.errors import ConfigurationError
from isthmus.core.events import check_batch
from isthmus.functions.compact import Compactor
from isthmus.functions.settings import Settings

CATALOG = Path(__file__).resolve().parents[3] / "catalog"
NOON = datetime(2026, 1, 31, 12, tzinfo=UTC).timestamp()
DAY_SECONDS = 86_400
SETTINGS = {
    "ISTHMUS_CLOUD": "aws",
    "ISTHMUS_ROLE": "compact",
    "ISTHMUS_BUCKET": "here",
    "ISTHMUS_LOOKBACK_DAYS": "2",
    "ISTHMUS_DAY_BYTES": "1000",
    "ISTHMUS_LIMIT_SECONDS": "100",
}


@pytest.fixture
def bucket() -> MemoryBucket:
    return MemoryBucket("aws")


def keep(bucket: MemoryBucket, name: str, *, days_ago: float = 0, type_: str = "t") -> None:
    """Keeps an event that was accepted so many days ago."""
    event = {"specversion": "1.0", "id": name, "source": "/s", "type": type_, "data": {"n": name}}
    checked, _ = check_batch(json.dumps([event]).encode())
    at_ms = int((NOON - days_ago * DAY_SECONDS) * 1000)
    ((frame,), _) = frames.pack(checked, origin="aws", unix_ms=at_ms, seed=f"{name} {days_ago}".encode())
    keeping.keep(frame, bucket)


def days(bucket: MemoryBucket) -> list[str]:
    """The days that are written, without what all keys have."""
    found = [day for day in map(keys.compacted_day, sorted(bucket.objects)) if day]
    return [f"{day.type} {day.date}" for day in found]


def of(bucket: MemoryBucket, **more: Any) -> Compactor:
    known: dict[str, Any] = {"lookback_days": 2, "day_bytes": 0, "limit_seconds": 60.0}
    return Compactor(lambda: bucket, CATALOG, clock=lambda: NOON, **{**known, **more})


def line(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    """The one line that was logged."""
    (text,) = capsys.readouterr().out.splitlines()
    found: dict[str, Any] = json.loads(text)
    return found


def test_the_last_days_of_every_type_are_written_and_then_left_alone(bucket, capsys) -> None:
    for type_ in ("t", "u/v"):
        for days_ago in (0, 1, 2, 3):
            keep(bucket, str(days_ago), days_ago=days_ago, type_=type_)
    assert of(bucket).run()
    told = line(capsys)
    assert (told["message"], told["written"], told["left"], told["too_large"]) == ("compacted", 6, 0, 0)
    assert days(bucket) == [f"{t} 2026-01-{d}" for t in ("t", "u/v") for d in (29, 30, 31)]
    before = dict(bucket.objects)
    assert of(bucket).run()
    told = line(capsys)
    assert (told["written"], told["current"]) == (0, 6)
    assert bucket.objects == before


def test_its_bytes_are_those_of_the_command(bucket, tmp_path) -> None:
    """What was sent again belongs to the first day that has it, also to one before those that are written."""
    other = MemoryBucket("gcp")
    for one in (bucket, other):
        for days_ago in (10, 2, 1):
            keep(one, "again", days_ago=days_ago)
            keep(one, f"new {days_ago}", days_ago=days_ago)
    compact([bucket], tmp_path / "first", catalog=CATALOG)
    for one in (bucket, other):
        keep(one, "again", days_ago=0)
        keep(one, "late", days_ago=1.25)
    assert of(bucket).run()
    compact([other], tmp_path / "second", catalog=CATALOG)
    assert bucket.objects == other.objects
    assert len(days(bucket)) == 4


def test_a_day_that_is_too_large_is_told_and_the_others_are_written(bucket, capsys) -> None:
    keep(bucket, "small", type_="small")
    for number in range(20):
        keep(bucket, str(number), type_="large")
    size = sum(len(data) for key, data in bucket.objects.items() if "large" in key)
    assert of(bucket, day_bytes=size - 1).run(), "the days that fit are as they should be"
    told = line(capsys)
    assert told["too_large"] == 1
    assert told["too_large_days"] == {"compacted/type=large/date=2026-01-31/events.parquet": size}
    assert days(bucket) == ["small 2026-01-31"]
    assert of(bucket, day_bytes=size).run()
    assert days(bucket) == ["large 2026-01-31", "small 2026-01-31"]


def test_what_the_time_does_not_suffice_for_is_the_next_runs(bucket, capsys) -> None:
    keep(bucket, "a", days_ago=1)
    keep(bucket, "b")
    assert not of(bucket, limit_seconds=-1.0).run()
    told = line(capsys)
    assert (told["message"], told["severity"], told["left"], told["written"]) == ("not compacted", "WARNING", 2, 0)
    assert of(bucket).run()
    assert len(days(bucket)) == 2


def test_an_archive_that_is_out_is_said_to_be(bucket, capsys) -> None:
    keep(bucket, "a")
    bucket.out = True
    assert not of(bucket).run()
    told = line(capsys)
    assert told["message"] == "not compacted"
    assert told["problems"]


@pytest.mark.parametrize("name", ["ISTHMUS_BUCKET", "ISTHMUS_LOOKBACK_DAYS", "ISTHMUS_DAY_BYTES"])
def test_a_setting_that_is_not_there_is_named(name: str) -> None:
    values = {key: value for key, value in SETTINGS.items() if key != name}
    with pytest.raises(ConfigurationError, match=name):
        Settings.from_environment(values)


def test_it_knows_the_catalogue_that_its_package_has() -> None:
    """Without it every day would lose its columns."""
    found = Compactor.of(Settings.from_environment(SETTINGS))
    assert (found.catalog, found.lookback_days, found.day_bytes) == (CATALOG, 2, 1000)
