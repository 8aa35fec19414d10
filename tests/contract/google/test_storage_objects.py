"""Objects, by Google's own client: written under conditions, read, listed, copied, kept."""

from __future__ import annotations

import base64
import gzip
import hashlib
import threading
from typing import Any

import google_crc32c
import pytest
import requests
from google.api_core import exceptions


@pytest.fixture(scope="module")
def bucket(cloud: Any) -> Any:
    """A bucket for the tests that need nothing of it."""
    return cloud.bucket()


def test_an_object_is_kept_as_it_was_sent(bucket: Any) -> None:
    """With its checksums, its times and its metadata."""
    blob, data = bucket.blob("a b/ü/%25?#&.ndjson.gz"), bytes(range(256)) * 300
    blob.metadata = {"frame": "1"}
    blob.upload_from_string(data, content_type="application/x-ndjson", checksum="crc32c")
    found = bucket.get_blob(blob.name)
    assert found.download_as_bytes() == data
    assert (found.size, found.content_type, found.metadata) == (len(data), "application/x-ndjson", {"frame": "1"})
    assert found.crc32c == base64.b64encode(google_crc32c.value(data).to_bytes(4, "big")).decode()
    assert found.md5_hash == base64.b64encode(hashlib.md5(data, usedforsecurity=False).digest()).decode()
    assert (found.storage_class, found.metageneration) == ("STANDARD", 1)
    assert found.time_created == found.updated and found.generation > 10**15
    bucket.blob("empty").upload_from_string(b"")
    assert (bucket.get_blob("empty").size, bucket.blob("empty").download_as_bytes()) == (0, b"")
    assert bucket.get_blob("missing") is None
    with pytest.raises(exceptions.NotFound, match="No such object"):
        bucket.blob("missing").download_as_bytes()


def test_of_many_writers_one_wins(bucket: Any) -> None:
    """The others get 412 in Google's shape."""
    won, lost = [], []

    def write(number: int) -> None:
        try:
            bucket.blob("contested").upload_from_string(str(number), if_generation_match=0)
            won.append(str(number).encode())
        except exceptions.PreconditionFailed as error:
            lost.append(error.response.json()["error"]["errors"][0]["reason"])

    threads = [threading.Thread(target=write, args=(number,)) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert ([bucket.blob("contested").download_as_bytes()], lost) == (won, ["conditionNotMet"] * 11)


def test_every_precondition_is_kept(bucket: Any) -> None:
    """On writes, reads, changes and deletes."""
    blob = bucket.blob("guarded")
    with pytest.raises(exceptions.PreconditionFailed):
        blob.upload_from_string("x", if_generation_match=5)
    blob.upload_from_string("1")
    first = blob.generation
    blob.upload_from_string("2", if_generation_match=first)
    for wrong in ({"if_generation_match": first}, {"if_generation_not_match": blob.generation}):
        with pytest.raises(exceptions.PreconditionFailed):
            bucket.blob("guarded").upload_from_string("3", **wrong)
    with pytest.raises(exceptions.PreconditionFailed):
        blob.download_as_bytes(if_generation_match=first)
    with pytest.raises(exceptions.NotModified):
        bucket.blob("guarded").reload(if_generation_not_match=blob.generation)
    blob.metadata = {"a": "b"}
    blob.patch(if_metageneration_match=1)
    assert blob.metageneration == 2
    blob.metadata = {"c": "d"}
    with pytest.raises(exceptions.PreconditionFailed):
        blob.patch(if_metageneration_match=1)
    with pytest.raises(exceptions.PreconditionFailed):
        blob.delete(if_generation_match=first)
    blob.delete(if_generation_match=blob.generation)
    assert not bucket.blob("guarded").exists()


def test_a_checksum_that_does_not_fit_is_refused(cloud: Any, bucket: Any) -> None:
    """Nothing is kept."""
    url = f"{cloud.server.http}/upload/storage/v1/b/{bucket.name}/o?uploadType=media&name=torn"
    answer = requests.post(url, data=b"torn", headers={"x-goog-hash": "crc32c=AAAAAA=="}, timeout=5)
    assert answer.status_code == 400 and "crc32c" in answer.json()["error"]["message"]
    assert bucket.get_blob("torn") is None


def test_any_part_can_be_read(cloud: Any, bucket: Any) -> None:
    """Also its end; one that isn't there is 416."""
    blob = bucket.blob("range")
    blob.upload_from_string(b"0123456789")
    assert blob.download_as_bytes(start=2, end=4) == b"234"
    assert blob.download_as_bytes(start=7) == b"789"
    assert blob.download_as_bytes(start=-3) == b"789"
    url = f"{cloud.server.http}/storage/v1/b/{bucket.name}/o/range?alt=media"
    answer = requests.get(url, headers={"range": "bytes=2-100"}, timeout=5)
    assert (answer.status_code, answer.content, answer.headers["content-range"]) == (206, b"23456789", "bytes 2-9/10")
    assert requests.get(url, headers={"range": "bytes=10-"}, timeout=5).status_code == 416


def test_gzip_is_undone_for_who_cannot_read_it(cloud: Any, bucket: Any) -> None:
    """Raw for everyone else."""
    blob, data = bucket.blob("packed"), gzip.compress(b"hello", mtime=0)
    blob.content_encoding = "gzip"
    blob.upload_from_string(data)
    assert (blob.download_as_bytes(), blob.download_as_bytes(raw_download=True)) == (b"hello", data)
    url = f"{cloud.server.http}/storage/v1/b/{bucket.name}/o/packed?alt=media"
    answer = requests.get(url, headers={"accept-encoding": "identity"}, timeout=5)
    assert (answer.content, answer.headers["x-goog-stored-content-encoding"]) == (b"hello", "gzip")


def test_a_large_object_comes_in_pieces(cloud: Any, bucket: Any) -> None:
    """A resumable upload; its conditions hold at its end."""
    data = bytes(range(256)) * 4096
    blob = bucket.blob("large", chunk_size=256 * 1024)
    blob.upload_from_string(data, if_generation_match=0, checksum="md5")
    assert (blob.size, bucket.blob("large").download_as_bytes() == data) == (len(data), True)
    with pytest.raises(exceptions.PreconditionFailed):
        bucket.blob("large", chunk_size=256 * 1024).upload_from_string(data, if_generation_match=0)
    with bucket.blob("streamed").open("wb", chunk_size=256 * 1024) as file:
        for start in range(0, len(data), 100_000):
            file.write(data[start : start + 100_000])
    assert bucket.blob("streamed").download_as_bytes() == data


def test_a_resumable_upload_says_how_far_it_is(cloud: Any, bucket: Any) -> None:
    """And again what became of it; a gap is refused, and a cancelled one is gone."""
    base = f"{cloud.server.http}/upload/storage/v1/b/{bucket.name}/o?uploadType=resumable&name=pieces"
    place = requests.post(base, json={"metadata": {"a": "b"}}, timeout=5).headers["location"]
    put = lambda body, span: requests.put(place, data=body, headers={"content-range": span}, timeout=5)  # noqa: E731
    assert "range" not in put(b"", "bytes */*").headers
    first = put(b"01234", "bytes 0-4/*")
    assert (first.status_code, first.headers["range"]) == (308, "bytes=0-4")
    assert put(b"", "bytes */*").headers["range"] == "bytes=0-4"
    assert put(b"9", "bytes 9-9/10").status_code == 400
    done = put(b"3456789", "bytes 3-9/10")
    assert (done.status_code, done.json()["size"], done.json()["metadata"]) == (200, "10", {"a": "b"})
    assert put(b"", "bytes */10").json()["generation"] == done.json()["generation"]
    assert bucket.blob("pieces").download_as_bytes() == b"0123456789"
    place = requests.post(base, json={}, timeout=5).headers["location"]
    assert requests.delete(place, timeout=5).status_code == 499
    assert put(b"x", "bytes 0-0/1").status_code == 404


def test_a_listing_is_in_order_and_in_pages(cloud: Any) -> None:
    """By prefix and offsets, folded at a delimiter, each name once."""
    bucket = cloud.bucket()
    names = sorted(
        [f"{kind}/{day}/{number}" for kind in ("a", "b") for day in (1, 2) for number in range(3)] + ["top", "é"]
    )
    for name in names:
        bucket.blob(name).upload_from_string(name)
    listed = lambda **wanted: [blob.name for blob in bucket.list_blobs(**wanted)]  # noqa: E731
    assert listed() == listed(page_size=1) == listed(page_size=5) == names
    assert listed(prefix="a/", page_size=2) == [name for name in names if name.startswith("a/")]
    assert listed(start_offset="a/2/1", end_offset="b/1/2") == [name for name in names if "a/2/1" <= name < "b/1/2"]
    assert listed(max_results=3) == names[:3]
    for size in (1, 2, 100):
        folded = bucket.list_blobs(delimiter="/", page_size=size)
        assert ([blob.name for blob in folded], sorted(folded.prefixes)) == (["top", "é"], ["a/", "b/"])
        folded = bucket.list_blobs(prefix="a/", delimiter="/", page_size=size)
        assert ([blob.name for blob in folded], sorted(folded.prefixes)) == ([], ["a/1/", "a/2/"])
    assert listed(match_glob="a/**") == listed(prefix="a/") and listed(match_glob="{top,é}") == ["top", "é"]
    assert listed(match_glob="[ab]/1/[!1-2]") == ["a/1/0", "b/1/0"] and listed(match_glob="*") == ["top", "é"]


def test_versioning_keeps_what_was_overwritten_and_deleted(cloud: Any) -> None:
    """Every generation can be read, listed, restored by a copy and deleted for good."""
    bucket = cloud.bucket(versioning_enabled=True)
    generations = []
    for text in ("1", "2"):
        blob = bucket.blob("x")
        blob.upload_from_string(text)
        generations.append(blob.generation)
    bucket.blob("x").delete()
    assert (bucket.get_blob("x"), list(bucket.list_blobs())) == (None, [])
    versions = list(bucket.list_blobs(versions=True))
    assert [one.generation for one in versions] == generations and all(one.time_deleted for one in versions)
    old = bucket.blob("x", generation=generations[0])
    assert old.download_as_bytes() == b"1"
    copied = bucket.copy_blob(old, bucket, "x", source_generation=generations[0])
    assert copied.download_as_bytes() == b"1"
    old.delete()
    assert [one.generation for one in bucket.list_blobs(versions=True)] == [generations[1], copied.generation]


def test_objects_are_copied_rewritten_and_composed(cloud: Any, bucket: Any) -> None:
    """With the source's metadata, and the conditions of both sides."""
    source, other = bucket.blob("source/1"), cloud.bucket()
    source.metadata = {"a": "b"}
    source.upload_from_string("one", content_type="text/plain")
    copied = bucket.copy_blob(source, other, "copied/1", if_generation_match=0)
    assert (copied.download_as_bytes(), copied.metadata, copied.content_type) == (b"one", {"a": "b"}, "text/plain")
    with pytest.raises(exceptions.PreconditionFailed):
        bucket.copy_blob(source, other, "copied/1", if_generation_match=0)
    rewritten = other.blob("rewritten")
    token, done, total = rewritten.rewrite(source, if_source_generation_match=source.generation)
    assert (token, done, total, rewritten.download_as_bytes()) == (None, 3, 3, b"one")
    composed = bucket.blob("composed")
    composed.compose([source, source], if_generation_match=0)
    composed.reload()
    assert (composed.download_as_bytes(), composed.component_count, composed.md5_hash) == (b"oneone", 2, None)


def test_holds_and_retention_keep_an_object(cloud: Any) -> None:
    """From being deleted and overwritten."""
    bucket = cloud.bucket(retention_period=3600)
    blob = bucket.blob("kept")
    blob.upload_from_string("x")
    assert blob.retention_expiration_time is not None
    for attempt in (blob.delete, lambda: bucket.blob("kept").upload_from_string("y")):
        with pytest.raises(exceptions.Forbidden, match="retention policy"):
            attempt()
    bucket.reload()
    bucket.lock_retention_policy()
    bucket.retention_period = 60
    with pytest.raises(exceptions.Forbidden, match="Cannot reduce"):
        bucket.patch()
    free = cloud.bucket()
    held = free.blob("held")
    held.upload_from_string("x")
    held.temporary_hold = True
    held.patch()
    with pytest.raises(exceptions.Forbidden, match="Temporary hold"):
        held.delete()
    held.temporary_hold = False
    held.patch()
    held.delete()


def test_an_object_is_moved_at_once(cloud: Any) -> None:
    """With its metadata and content, as a new generation; the preconditions of both ends are kept."""
    bucket = cloud.bucket()
    blob = bucket.blob("a/old name")
    blob.metadata = {"a": "b"}
    blob.upload_from_string("content", content_type="text/plain")
    with pytest.raises(exceptions.PreconditionFailed):
        bucket.move_blob(blob, "b/new", if_source_generation_match=1)
    bucket.blob("taken").upload_from_string("x")
    with pytest.raises(exceptions.PreconditionFailed):
        bucket.move_blob(blob, "taken", if_generation_match=0)
    assert {one.name for one in bucket.list_blobs()} == {"a/old name", "taken"}
    moved = bucket.move_blob(blob, "b/new", if_source_generation_match=blob.generation, if_generation_match=0)
    assert {one.name for one in bucket.list_blobs()} == {"b/new", "taken"}
    assert (moved.metadata, moved.content_type, moved.generation > blob.generation) == ({"a": "b"}, "text/plain", True)
    assert (moved.download_as_bytes(), moved.md5_hash) == (b"content", blob.md5_hash)
    with pytest.raises(exceptions.NotFound):
        bucket.move_blob(blob, "c")
    parts = bucket.blob("parts")
    parts.compose([moved, moved])
    assert (bucket.move_blob(parts, "whole").component_count, bucket.get_blob("whole").md5_hash) == (2, None)


def test_what_it_cannot_do_is_refused_by_name(cloud: Any, bucket: Any) -> None:
    """With 501."""
    with pytest.raises(exceptions.MethodNotImplemented, match="filter"):
        list(bucket.list_blobs(filter_='contexts."a":*'))
    for path in ("/storage/v1/nonsense", "/v1/nonsense", "/v2/nonsense"):
        answer = requests.get(cloud.server.http + path, timeout=5)
        assert (answer.status_code, answer.json()["error"]["code"]) == (501, 501)


def test_an_object_can_be_read_by_its_plain_path(cloud: Any, bucket: Any) -> None:
    """As Google's Go client does, and Terraform with it."""
    bucket.blob("state/default.tfstate").upload_from_string("{}")
    url = f"{cloud.server.http}/{bucket.name}/state/default.tfstate"
    answer = requests.get(url, timeout=5)
    assert (answer.content, answer.headers["x-goog-generation"].isdigit()) == (b"{}", True)
    head = requests.head(url, timeout=5)
    assert (head.status_code, head.headers["content-length"]) == (200, "2")
    missing = requests.get(url + "x", timeout=5)
    assert (missing.status_code, "<Code>NoSuchKey</Code>" in missing.text) == (404, True)
