"""What a transfer or a listing must not get wrong: a piece that arrives broken, and prefixes by the thousand."""

from __future__ import annotations

import itertools
import sqlite3
from typing import Any

import pytest
from google.api_core.exceptions import BadRequest

from isthmus.local.google.clock import Clock
from isthmus.local.google.storage.common import SCHEMA
from isthmus.local.google.storage.objects import Objects

_CHUNK = 4 * 1024 * 1024
_LARGE = 9 * 1024 * 1024
"""Bytes of an object that the client sends in pieces: up to 8 MiB it sends one multipart request."""


def test_a_piece_that_arrives_broken_makes_no_object(cloud: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The client sends the checksum of the whole with the last piece; the same upload goes through unbroken."""
    bucket, data, pieces = cloud.bucket(), b"z" * _LARGE, []
    session = cloud.storage._http
    whole = session.request

    def broken(method: str, url: str, data: Any = None, **settings: Any) -> Any:
        if method == "PUT" and isinstance(data, bytes) and data:
            pieces.append(len(data))
            data = b"!" + data[1:]
        return whole(method, url, data=data, **settings)

    with monkeypatch.context() as patch:
        patch.setattr(session, "request", broken)
        with pytest.raises(BadRequest, match="crc32c"):
            bucket.blob("one", chunk_size=_CHUNK).upload_from_string(data)
    assert (pieces, bucket.blob("one").exists()) == ([_CHUNK, _CHUNK, _LARGE - 2 * _CHUNK], False)
    bucket.blob("one", chunk_size=_CHUNK).upload_from_string(data)
    assert bucket.blob("one").download_as_bytes() == data


@pytest.mark.parametrize("size", [1, 2, 3, 7, 100])
def test_folding_agrees_with_a_plain_listing(cloud: Any, size: int) -> None:
    """Whatever the page size, with objects and prefixes between each other, and prefixes longer than a page."""
    bucket = cloud.bucket()
    names = [f"{a}{b}" for a, b in itertools.product(("a/", "a0", "b/", "b/c/", "c"), ("", "1", "2/x", "é"))]
    for name in names:
        bucket.blob(name).upload_from_string("x")
    for prefix in ("", "a", "b/", "b/c"):
        found = bucket.list_blobs(prefix=prefix, delimiter="/", page_size=size)
        objects, rests = [blob.name for blob in found], [n[len(prefix) :] for n in names if n.startswith(prefix)]
        assert objects == sorted(prefix + rest for rest in rests if "/" not in rest)
        assert found.prefixes == {prefix + rest.partition("/")[0] + "/" for rest in rests if "/" in rest}


def test_a_page_of_prefixes_is_read_at_once() -> None:
    """Not once more for each prefix: that took 0.66 s for 1,000."""
    db = sqlite3.connect(":memory:")
    db.executescript(SCHEMA)
    objects = Objects(db, Clock(), lambda key: key)
    objects.buckets.create({"name": "prefixes"}, {})
    for number in range(1000):
        objects.insert("prefixes", {"name": f"{number:04}/x"}, b"", {})
    queries: list[str] = []
    db.set_trace_callback(queries.append)
    _, prefixes, more = objects.list("prefixes", {"delimiter": "/"}, ("", -1), 1000)
    assert (len(prefixes), more) == (1000, None)
    assert len(queries) < 5
