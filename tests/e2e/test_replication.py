"""The ledger over both local clouds: what is lost on one comes back from the other, and corruption stays for people."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from isthmus.core import frames, keys, uuid7
from isthmus.local.archives import archives
from isthmus.local.endpoints import Endpoints

Isthmus = Callable[..., Any]


@pytest.fixture
def type_() -> str:
    """An event type of this test alone; other tests use the same archives."""
    return f"ledger.{uuid7.new().hex}"


def put(buckets: list[Any], type_: str, n: int) -> str:
    frame = uuid7.derived(1_764_000_000_000 + n, type_.encode())
    key = f"{keys.type_folder(keys.EVENTS, type_)}date=2025-11-24/hour=16/{frame}.ndjson.gz"
    for bucket in buckets:
        assert bucket.put_new(key, frames.stored_gzip(b'{"n":1}\n' * 5), events=5)
    return key


def facts(isthmus: Isthmus, *words: str) -> tuple[int, Any]:
    done = isthmus("replication", *words, "--json")
    assert done.stdout, done.stderr
    return done.returncode, json.loads(done.stdout)


def test_what_one_cloud_lost_is_found_by_listing_copied_back_and_proved(
    endpoints: Endpoints, isthmus: Isthmus, type_: str
) -> None:
    aws, gcp = archives(endpoints)
    put([aws, gcp], type_, 0)
    lost = [put([gcp], type_, 1), put([gcp], type_, 2)]
    code, found = facts(isthmus, "status", "--type", type_)
    assert (code, found["missing"]["aws"]["keys"], found["missing"]["gcp"]["objects"]) == (1, lost, 0)
    code, found = facts(isthmus, "repair", "--type", type_, "--rate", "100")
    assert (code, found["repair"]["copied"], found["whole"]) == (0, {"aws": 2, "gcp": 0}, True)
    (hour,) = found["hours"]
    assert hour["aws"] == hour["gcp"]
    assert (hour["aws"]["objects"], hour["aws"]["events"], len(hour["aws"]["digest"])) == (3, 15, 64)


def test_bytes_that_changed_under_their_key_are_reported_and_never_written_over(
    endpoints: Endpoints, isthmus: Isthmus, type_: str
) -> None:
    aws, gcp = archives(endpoints)
    key = put([aws, gcp], type_, 0)
    changed = aws.get(key)[:-1] + b"!"
    aws._s3.put_object(Bucket=aws.name, Key=key, Body=changed)
    try:
        assert facts(isthmus, "status", "--type", type_)[0] == 0, "the size is the same: a listing can't tell"
        code, found = facts(isthmus, "verify", "--type", type_)
        assert (code, found["corrupt"]["keys"]) == (1, [key])
        assert facts(isthmus, "repair", "--type", type_)[0] == 1
        assert aws.get(key) == changed
        assert facts(isthmus, "status", "--type", type_)[1]["corrupt"]["keys"] == [key], "what was learnt is kept"
    finally:
        aws._s3.delete_object(Bucket=aws.name, Key=key)
        gcp._bucket.blob(key).delete()


def test_a_cloud_that_is_out_is_said_to_be_and_nothing_is_said_of_what_it_has(isthmus: Isthmus) -> None:
    isthmus("break", "gcp")
    try:
        done = isthmus("replication", "status")
    finally:
        isthmus("heal")
    assert done.returncode == 1
    assert done.stderr.startswith("error: Cloud Storage did not list its objects")
