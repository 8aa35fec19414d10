"""What core needs of a bucket, the same on memory, S3 and Cloud Storage."""

from __future__ import annotations

import base64
import gzip
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import google_crc32c
import pytest

from isthmus.core import uuid7
from isthmus.core.errors import Unavailable

PAGE = 1000
"""Objects that both clouds list at a time (S3 API reference and Cloud Storage JSON API, 2026-11)."""


@pytest.fixture
def prefix() -> str:
    """A prefix of this test alone; a real bucket is not emptied."""
    return f"events/type=contract.{uuid.uuid4().hex}/date=2026-11-23/hour=12/"


def key_below(prefix: str) -> str:
    return f"{prefix}{uuid7.new()}.ndjson.gz"


def test_an_object_is_written_once_and_reads_back_byte_for_byte(bucket_place: Any, prefix: str) -> None:
    bucket, key = bucket_place.bucket, key_below(prefix)
    assert bucket.put_new(key, b"first \x00\xff\r\n") is True
    assert bucket.put_new(key, b"second") is False
    assert bucket.get(key) == b"first \x00\xff\r\n"


def test_gzip_is_stored_and_read_as_gzip_and_not_unpacked_on_the_way(bucket_place: Any, prefix: str) -> None:
    data = gzip.compress(b'{"a":1}\n' * 100, mtime=0)
    key = key_below(prefix)
    bucket_place.bucket.put_new(key, data)
    assert bucket_place.bucket.get(key) == data


@pytest.mark.parametrize("size", [0, 1, 256 * 1024, 5 * 1024 * 1024])
def test_objects_of_every_size_survive(bucket_place: Any, prefix: str, size: int) -> None:
    data = bytes(range(256)) * (size // 256) + b"x" * (size % 256)
    key = key_below(prefix)
    bucket_place.bucket.put_new(key, data)
    assert bucket_place.bucket.get(key) == data
    (entry,) = bucket_place.bucket.list(key)
    assert entry.size == size


def test_of_many_writers_of_a_key_one_wins_and_its_bytes_stay(bucket_place: Any, prefix: str) -> None:
    bucket, key = bucket_place.bucket, key_below(prefix)
    contents = [b"writer %d" % n for n in range(8)]

    def write(data: bytes) -> bool | None:
        try:
            return bool(bucket.put_new(key, data))
        except Unavailable:
            return None  # S3 may say 409: who won is not known yet, and the caller tries again.

    with ThreadPoolExecutor(8) as pool:
        outcomes = list(pool.map(write, contents))
    assert outcomes.count(True) <= 1
    kept = bucket.get(key)
    assert kept in contents
    if True in outcomes:
        assert kept == contents[outcomes.index(True)]
    assert bucket.put_new(key, b"late") is False


def test_an_object_that_is_not_there_is_a_key_error(bucket_place: Any, prefix: str) -> None:
    with pytest.raises(KeyError):
        bucket_place.bucket.get(key_below(prefix))


def test_a_listing_has_what_is_below_the_prefix_with_size_time_and_checksum(bucket_place: Any, prefix: str) -> None:
    bucket, key = bucket_place.bucket, key_below(prefix)
    before_ms = time.time() * 1000
    bucket.put_new(key, b"abc")
    bucket.put_new(key_below(prefix.replace("hour=12", "hour=13")), b"other")
    (entry,) = bucket.list(prefix)
    assert (entry.key, entry.size) == (key, 3)
    assert before_ms - 5_000 <= entry.created_ms <= time.time() * 1000 + 5_000
    checksum = base64.b64encode(google_crc32c.value(b"abc").to_bytes(4, "big")).decode()
    assert entry.crc32c in ("", checksum)
    assert entry.crc32c == checksum or bucket.cloud == "aws"


def test_a_listing_is_in_the_order_of_its_keys_over_pages(bucket_place: Any, prefix: str) -> None:
    bucket = bucket_place.bucket
    keys = [key_below(prefix) for _ in range(PAGE + 5)]
    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(lambda key: bucket.put_new(key, b"x"), keys))
    assert [entry.key for entry in bucket.list(prefix)] == sorted(keys)


def test_a_listing_begins_behind_a_key_whether_it_is_there_or_not(bucket_place: Any, prefix: str) -> None:
    bucket = bucket_place.bucket
    keys = sorted(key_below(prefix) for _ in range(4))
    for key in keys:
        bucket.put_new(key, b"x")
    assert [entry.key for entry in bucket.list(prefix, after=keys[1])] == keys[2:]
    assert [entry.key for entry in bucket.list(prefix, after=keys[1][:-1])] == keys[1:]
    assert list(bucket.list(prefix, after=prefix[:-1] + "0")) == []


def test_a_look_tells_size_time_checksum_and_events_without_reading(bucket_place: Any, prefix: str) -> None:
    bucket, key = bucket_place.bucket, key_below(prefix)
    bucket.put_new(key, b"abc", events=17)
    checksum = base64.b64encode(google_crc32c.value(b"abc").to_bytes(4, "big")).decode()
    entry = bucket.look(key)
    assert (entry.key, entry.size, entry.crc32c, entry.events) == (key, 3, checksum, 17)
    (listed,) = bucket.list(prefix)
    assert listed.created_ms // 1000 == entry.created_ms // 1000
    assert listed.events == (0 if bucket.cloud == "aws" and bucket_place.calls else 17)
    with pytest.raises(KeyError):
        bucket.look(key_below(prefix))


def test_events_that_were_not_noted_are_not_told(bucket_place: Any, prefix: str) -> None:
    key = key_below(prefix)
    bucket_place.bucket.put_new(key, b"abc")
    assert bucket_place.bucket.look(key).events == 0


def test_percent_signs_and_other_marks_of_a_type_stay_in_the_key(bucket_place: Any, prefix: str) -> None:
    key = key_below(prefix.replace("type=contract.", "type=a%2Fb%20c%25~_-%C3%A4.contract."))
    bucket_place.bucket.put_new(key, b"x")
    assert bucket_place.bucket.get(key) == b"x"
    assert [entry.key for entry in bucket_place.bucket.list(key.rsplit("/", 1)[0])] == [key]


def test_an_empty_prefix_lists_nothing_below_what_is_not_there(bucket_place: Any, prefix: str) -> None:
    assert list(bucket_place.bucket.list(prefix)) == []


@pytest.mark.parametrize(
    "call",
    [
        lambda b: b.put_new("k", b"x"),
        lambda b: b.get("k"),
        lambda b: b.look("k"),
        lambda b: list(b.list()),
        lambda b: b.swap("k", b"x", "1"),
        lambda b: list(b.versions("k")),
    ],
    ids=["put_new", "get", "look", "list", "swap", "versions"],
)
def test_a_bucket_that_cannot_be_reached_is_unavailable(bucket_place: Any, call: Any) -> None:
    begun = time.monotonic()
    with pytest.raises(Unavailable):
        call(bucket_place.out)
    assert time.monotonic() - begun < 10


def compacted_below(prefix: str) -> str:
    return prefix.replace("events/", "compacted/").replace("hour=12/", "events.parquet")


def version_of(bucket: Any, key: str) -> str:
    (stored,) = bucket.versions(key)
    return str(stored.version)


def test_an_object_is_replaced_only_at_the_version_that_was_seen(bucket_place: Any, prefix: str) -> None:
    bucket, key = bucket_place.bucket, compacted_below(prefix)
    assert bucket.swap(key, b"first") is True
    assert bucket.swap(key, b"nobody saw the first") is False
    first = version_of(bucket, key)
    assert bucket.swap(key, b"second", first) is True
    assert bucket.swap(key, b"too late", first) is False
    assert bucket.get(key) == b"second"
    (stored,) = bucket.versions(key)
    assert (stored.key, stored.size) == (key, 6)
    assert stored.version != first


def test_an_object_that_is_gone_is_not_replaced(bucket_place: Any, prefix: str) -> None:
    bucket, key = bucket_place.bucket, compacted_below(prefix)
    bucket.swap(key, b"here")
    assert bucket.swap(key.replace("date=2026-11-23", "date=2026-11-24"), b"x", version_of(bucket, key)) is False
    assert [stored.key for stored in bucket.versions(key.split("date=")[0])] == [key]


def test_of_many_that_replace_a_version_one_wins(bucket_place: Any, prefix: str) -> None:
    bucket, key = bucket_place.bucket, compacted_below(prefix)
    bucket.swap(key, b"old")
    seen = version_of(bucket, key)
    contents = [b"writer %d" % n for n in range(8)]

    def write(data: bytes) -> bool | None:
        try:
            return bool(bucket.swap(key, data, seen))
        except Unavailable:
            return None  # S3 may say 409: who won is told by the version.

    with ThreadPoolExecutor(8) as pool:
        outcomes = list(pool.map(write, contents))
    assert outcomes.count(True) <= 1
    if True in outcomes:
        assert bucket.get(key) == contents[outcomes.index(True)]
    assert version_of(bucket, key) != seen


def test_each_call_is_counted(bucket_place: Any, prefix: str) -> None:
    if bucket_place.calls is None:
        return
    bucket, key = bucket_place.bucket, key_below(prefix)
    bucket_place.calls.take()
    bucket.put_new(key, b"x")
    bucket.get(key)
    list(bucket.list(prefix))
    names = {
        "aws": {"s3.PutObject": 1, "s3.GetObject": 1, "s3.ListObjectsV2": 1},
        "gcp": {"storage.objects.insert": 1, "storage.objects.get": 1, "storage.objects.list": 1},
    }
    assert bucket_place.calls.take() == names[bucket.cloud]
