"""The compaction function on memory, S3 and Cloud Storage: what it writes is what `isthmus compact` writes."""

from __future__ import annotations

import json
import uuid
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from isthmus.adapters.memory import MemoryBucket
from isthmus.archive.compact import compact
from isthmus.core import frames, keeping
from isthmus.core.events import check_batch
from isthmus.core.keys import Day
from isthmus.core.ports import Bucket
from isthmus.functions.compact import Compactor

CATALOG = Path(__file__).resolve().parents[3] / "catalog"
NOON = datetime(2025, 3, 31, 12, tzinfo=UTC).timestamp()


def keep(buckets: list[Bucket], type_: str, ids: list[str], days_ago: int) -> None:
    """Keeps events of a type that were accepted so many days before."""
    events = [{"specversion": "1.0", "id": id_, "source": "/s", "type": type_, "data": {"n": id_}} for id_ in ids]
    checked, _ = check_batch(json.dumps(events).encode())
    at_ms = int((NOON - 86_400 * days_ago) * 1000)
    ((frame,), _) = frames.pack(checked, origin="aws", unix_ms=at_ms, seed=f"{type_} {ids}".encode())
    for bucket in buckets:
        keeping.keep(frame, bucket)


def test_the_function_writes_the_bytes_of_the_command_and_goes_on_from_them(bucket_place: Any, tmp_path: Path) -> None:
    bucket, beside = bucket_place.bucket, MemoryBucket("aws")
    type_ = f"contract.{uuid.uuid4().hex}"
    function = Compactor(lambda: bucket, CATALOG, 2, 0, 60.0, clock=lambda: NOON)
    keep([bucket, beside], type_, ["a", "b"], 1)
    keep([bucket, beside], type_, ["b", "c"], 0)
    assert function.run()
    keep([bucket, beside], type_, ["d"], 1)
    assert function.run()
    compact([beside], tmp_path / "cache", catalog=CATALOG)
    written = {one.key: bucket.get(one.key) for one in bucket.versions(f"compacted/type={type_}/")}
    assert sorted(written) == [Day(type_, date).key for date in ("2025-03-30", "2025-03-31")]
    assert written == {key: data for key, data in beside.objects.items() if key.startswith("compacted/")}
    assert function.run()
    again = {one.key: one.version for one in bucket.versions(f"compacted/type={type_}/")}
    assert function.run()
    assert again == {one.key: one.version for one in bucket.versions(f"compacted/type={type_}/")}
