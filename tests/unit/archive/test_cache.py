"""The cache: objects never change, so what is here is never read again, and what is wrong is never kept."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

from isthmus.adapters.memory import MemoryBucket
from isthmus.archive.cache import CorruptObject, ObjectCache
from isthmus.core.errors import IsthmusError
from isthmus.core.ledger import Entry


def entries(bucket: MemoryBucket) -> list[Entry]:
    return list(bucket.list())


def test_what_was_read_once_is_read_from_the_disk(aws, keep, event, tmp_path: Path) -> None:
    (key,) = keep([aws], [event(1)])
    cache = ObjectCache(tmp_path)
    (entry,) = entries(aws)
    data = cache.read(aws, entry)
    aws.out = True
    assert cache.read(aws, entry) == data == aws.objects[key]


def test_the_clouds_do_not_share_files_so_that_an_audit_of_one_reads_that_one(aws, gcp, keep, event, tmp_path) -> None:
    keep([aws, gcp], [event(1)])
    cache = ObjectCache(tmp_path)
    cache.fetch(aws, entries(aws))
    assert not cache.has(gcp, entries(gcp)[0])


def test_all_that_can_be_had_is_had_and_the_rest_is_told(aws, keep, event, tmp_path) -> None:
    good, bad, gone = (keep([aws], [event(n)], seed=b"%d" % n)[0] for n in range(3))
    listed = entries(aws)
    aws.objects[bad] = aws.objects[bad] + b"!"
    del aws.objects[gone]
    progress: list[tuple[int, int]] = []
    fetched = ObjectCache(tmp_path).fetch(aws, listed, progress=lambda done, of: progress.append((done, of)))
    assert (set(fetched.paths), set(fetched.corrupt), set(fetched.unavailable)) == ({good}, {bad}, {gone})
    assert fetched.downloaded == 1
    assert progress == [(1, 3), (2, 3), (3, 3)]


@pytest.mark.parametrize("damage", [lambda d: d[:-1], lambda d: d[:12] + bytes([d[12] ^ 1]) + d[13:], lambda d: b""])
def test_damaged_bytes_are_refused_and_not_kept(aws, keep, event, tmp_path, damage) -> None:
    (key,) = keep([aws], [event(1)])
    (entry,) = entries(aws)
    aws.objects[key] = damage(aws.objects[key])
    with pytest.raises(CorruptObject, match="object"):
        ObjectCache(tmp_path).read(aws, entry)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_a_cut_off_file_is_read_again(aws, keep, event, tmp_path) -> None:
    keep([aws], [event(1)])
    (entry,) = entries(aws)
    cache = ObjectCache(tmp_path)
    data = cache.read(aws, entry)
    cache.path(aws, entry.key).write_bytes(data[:5])
    assert cache.read(aws, entry) == data


@pytest.mark.parametrize("key", ["../x", "events/../../x", "/etc/passwd", "quarantine/x", ""])
def test_a_key_that_is_not_ours_is_no_file(aws, tmp_path, key) -> None:
    with pytest.raises(ValueError, match="not a key of the archive"):
        ObjectCache(tmp_path).path(aws, key)


def test_a_type_longer_than_a_file_name_is_read(aws, keep, event, tmp_path) -> None:
    keep([aws], [event(1, type="\N{GRINNING FACE}" * 50)])
    (entry,) = entries(aws)
    cache = ObjectCache(tmp_path)
    assert cache.read(aws, entry) == aws.get(entry.key)
    assert cache.has(aws, entry)


def test_long_types_that_begin_alike_are_files_apart(aws, keep, event, tmp_path) -> None:
    keep([aws], [event(1, type="é" * 99 + "a"), event(2, type="é" * 99 + "b")])
    assert len({ObjectCache(tmp_path).path(aws, entry.key).parents[2] for entry in entries(aws)}) == 2


def test_trimming_keeps_what_was_written_last(aws, keep, event, tmp_path) -> None:
    for n in range(4):
        keep([aws], [event(n)], seed=b"%d" % n)
    listed = entries(aws)
    cache = ObjectCache(tmp_path, max_bytes=listed[2].size + listed[3].size)
    cache.fetch(aws, listed)
    for age, entry in enumerate(listed):
        os.utime(cache.path(aws, entry.key), (1000 + age, 1000 + age))
    cache.trim()
    assert [cache.has(aws, entry) for entry in listed] == [False, False, True, True]


def test_many_readers_of_one_directory_do_not_disturb_each_other(aws, keep, event, tmp_path) -> None:
    for n in range(20):
        keep([aws], [event(n)], seed=b"%d" % n)
    listed = entries(aws)
    results: list[int] = []
    readers = [
        threading.Thread(target=lambda: results.append(len(ObjectCache(tmp_path).fetch(aws, listed).paths)))
        for _ in range(4)
    ]
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join()
    assert results == [20] * 4
    assert [path.name for path in tmp_path.rglob(".part-*")] == []


def test_a_directory_that_cannot_be_written_is_a_sentence(aws, keep, event, tmp_path) -> None:
    keep([aws], [event(1)])
    (tmp_path / "objects").write_text("a file, not a directory")
    with pytest.raises(IsthmusError, match="the cache can't be written"):
        ObjectCache(tmp_path).read(aws, entries(aws)[0])
