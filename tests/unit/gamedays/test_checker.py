"""The checker finds what is missing, doubled or different, and is content only when nothing is."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from isthmus.adapters.memory import MemoryBucket
from isthmus.core import frames
from isthmus.core.events import check_batch
from isthmus.core.keeping import keep
from isthmus.gamedays import checker
from isthmus.gamedays.record import Acknowledged, Identity, RecordWriter


def make_frame(*ids: str, seed: bytes = b"s") -> frames.Frame:
    """A frame of events with these ids."""
    batch = [{"specversion": "1.0", "id": i, "source": "/s", "type": "t", "data": i} for i in ids]
    return frames.pack(check_batch(json.dumps(batch).encode())[0], origin="aws", unix_ms=1_700_000_000_000, seed=seed)[
        0
    ][0]


@pytest.fixture
def buckets() -> list[MemoryBucket]:
    """Two archives that hold the events a and b."""
    made = [MemoryBucket("aws"), MemoryBucket("gcp")]
    for bucket in made:
        keep(make_frame("a", "b"), bucket)
    return made


def write_record(path: Path, *ids: str) -> Path:
    """A producer's record of acknowledged ids."""
    with RecordWriter(path / "record.ndjson") as writer:
        for number in ids:
            writer.add(Acknowledged(1, 1.0, "aws", [Identity("/s", number)]))
    return path / "record.ndjson"


def test_two_whole_archives_are_whole(buckets: list[MemoryBucket], tmp_path: Path) -> None:
    """Everything acknowledged is there once, in the same bytes."""
    verdict = checker.check(write_record(tmp_path, "a", "b"), buckets)
    assert verdict.is_whole
    assert [side.events for side in verdict.stored] == [2, 2]
    assert len(verdict.latencies_ms) == 2


def test_an_acknowledged_event_that_one_archive_lacks_is_missing(buckets: list[MemoryBucket], tmp_path: Path) -> None:
    """One side is enough."""
    keep(make_frame("c"), buckets[0])
    verdict = checker.check(write_record(tmp_path, "a", "b", "c"), buckets)
    assert verdict.missing == 1
    assert len(verdict.differing) == 1
    assert not verdict.is_whole


def test_an_event_in_two_frames_is_duplicated(buckets: list[MemoryBucket], tmp_path: Path) -> None:
    """Both archives agree, and yet it stands there twice."""
    for bucket in buckets:
        keep(make_frame("a", seed=b"other"), bucket)
    verdict = checker.check(write_record(tmp_path, "a", "b"), buckets)
    assert verdict.duplicated == 1
    assert not verdict.is_whole


def test_other_bytes_of_the_same_size_differ(buckets: list[MemoryBucket], tmp_path: Path) -> None:
    """Equal keys and sizes are not taken for equal contents."""
    key = next(iter(buckets[1].objects))
    lines = frames.unpack(buckets[1].objects[key]).replace(b'"a"', b'"x"')
    buckets[1].objects[key] = frames.stored_gzip(lines)
    buckets[0].objects[key] = frames.stored_gzip(frames.unpack(buckets[0].objects[key]))
    verdict = checker.check(write_record(tmp_path, "a", "b"), buckets)
    assert verdict.differing == (key,)
    assert verdict.missing == 1


def test_an_empty_archive_misses_everything(buckets: list[MemoryBucket], tmp_path: Path) -> None:
    """Nothing there is not nothing missing."""
    verdict = checker.check(write_record(tmp_path, "a", "b"), [buckets[0], MemoryBucket("gcp")])
    assert verdict.missing == 2
