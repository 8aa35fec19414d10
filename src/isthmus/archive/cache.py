"""A local copy of objects. They never change, so what was read once is never read again."""

from __future__ import annotations

import base64
import hashlib
import os
import tempfile
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol, runtime_checkable

import google_crc32c

from isthmus.core import frames, keys
from isthmus.core.errors import IsthmusError, PoisonedFrame, Unavailable
from isthmus.core.ledger import Entry
from isthmus.core.ports import Bucket

MAX_BYTES = 4 * 1024**3
"""Bytes that a cache keeps. Ours: a few hundred million small events, and little beside a disk."""

PARALLEL = 8
"""Downloads at once. Ours: two local clouds on two cores gain nothing beyond it."""

MAX_NAME_BYTES = 200
"""Bytes of a file's name. File systems take 255 (ext4, APFS, NTFS); a key's part may have three times as many."""

Progress = Callable[[int, int], None]
"""Called with how many are done and how many there are."""


class CorruptObject(IsthmusError):
    """An object's bytes are not what its listing or its own checksum says."""


@runtime_checkable
class Named(Protocol):
    """A bucket that tells its name; without it the cloud's is used, and one cache serves one bucket a cloud."""

    @property
    def name(self) -> str:
        """The bucket's name."""


def bucket_name(bucket: Bucket) -> str:
    """Returns a bucket's name, or its cloud's where it has none."""
    return bucket.name if isinstance(bucket, Named) else bucket.cloud


def crc32c(data: bytes) -> str:
    """Returns the CRC32C of data in base64, as both clouds print it."""
    return base64.b64encode(google_crc32c.value(data).to_bytes(4, "big")).decode("ascii")


def require_whole(bucket: Bucket, entry: Entry, data: bytes) -> None:
    """Checks bytes that were read against the listing and against gzip's own checksum.

    Raises:
        CorruptObject: when the size, a checksum or the compression is wrong.
    """
    fault = _fault(entry, data)
    if fault:
        raise CorruptObject(
            fault,
            where=f"{bucket.cloud}:{bucket_name(bucket)}/{entry.key}",
            fix="compare it with the other archive, and restore an older version of the object",
        )


def _fault(entry: Entry, data: bytes) -> str:
    if len(data) != entry.size:
        return f"the object has {len(data):,} bytes, its listing says {entry.size:,}"
    if entry.crc32c and crc32c(data) != entry.crc32c:
        return f"the object's CRC32C is {crc32c(data)}, its listing says {entry.crc32c}"
    try:
        frames.unpack(data)
    except PoisonedFrame as error:
        return f"the object is damaged: {error.what}"
    return ""


def _file_name(part: str) -> str:
    """A key's part as the name of a file; one that is too long for a file system ends in its digest."""
    if len(part) <= MAX_NAME_BYTES:
        return part
    return f"{part[: MAX_NAME_BYTES - 65]}~{hashlib.sha256(part.encode()).hexdigest()}"


@dataclass(frozen=True)
class Fetched:
    """What a download brought.

    Attributes:
        paths: Local file by key.
        corrupt: What is wrong with an object that can't be used, by key.
        unavailable: Why an object could not be read for now, by key.
        downloaded: Objects that were not in the cache.
    """

    paths: dict[str, Path] = field(default_factory=dict)
    corrupt: dict[str, str] = field(default_factory=dict)
    unavailable: dict[str, str] = field(default_factory=dict)
    downloaded: int = 0


class ObjectCache:
    """Files below a directory, by cloud, bucket and key. Safe to share between processes: files appear whole.

    Args:
        root: The directory; made when it is missing.
        max_bytes: What `trim` leaves.
        parallel: Downloads at once.
    """

    def __init__(self, root: Path, *, max_bytes: int = MAX_BYTES, parallel: int = PARALLEL) -> None:
        self.root = root.absolute()
        self._max_bytes = max_bytes
        self._parallel = parallel

    def path(self, bucket: Bucket, key: str) -> Path:
        """Returns where an object is kept.

        Raises:
            ValueError: when the key is none of ours; another one could name a file outside of the directory.
        """
        if keys.place(key) is None:
            raise ValueError(f"not a key of the archive: {key!r}")
        names = [_file_name(part) for part in key.split("/")]
        return self.root.joinpath("objects", bucket.cloud, bucket_name(bucket), *names)

    def has(self, bucket: Bucket, entry: Entry) -> bool:
        """Whether an object is here, with the size that its listing says."""
        try:
            return self.path(bucket, entry.key).stat().st_size == entry.size
        except OSError:
            return False

    def read(self, bucket: Bucket, entry: Entry) -> bytes:
        """Returns an object's bytes, from here or else from the bucket.

        Raises:
            CorruptObject: when they are not what the listing says.
            Unavailable: when the bucket can't be reached.
            KeyError: when there is no such object.
        """
        if self.has(bucket, entry):
            return self.path(bucket, entry.key).read_bytes()
        return self._download(bucket, entry)

    def fetch(self, bucket: Bucket, entries: Iterable[Entry], *, progress: Progress | None = None) -> Fetched:
        """Brings objects here, several at once; one that can't be had is told, and doesn't stop the others."""
        wanted = list(entries)
        fetched = Fetched()
        missing = []
        for entry in wanted:
            if self.has(bucket, entry):
                fetched.paths[entry.key] = self.path(bucket, entry.key)
            else:
                missing.append(entry)
        with ThreadPoolExecutor(self._parallel, "isthmus-fetch") as pool:
            outcomes = pool.map(lambda entry: self._try(bucket, entry), missing)
            for done, (entry, (path, corrupt, unavailable)) in enumerate(zip(missing, outcomes, strict=True), 1):
                if path:
                    fetched.paths[entry.key] = path
                elif corrupt:
                    fetched.corrupt[entry.key] = corrupt
                else:
                    fetched.unavailable[entry.key] = unavailable
                if progress:
                    progress(len(wanted) - len(missing) + done, len(wanted))
        got = len(missing) - len(fetched.corrupt) - len(fetched.unavailable)
        return Fetched(fetched.paths, fetched.corrupt, fetched.unavailable, got)

    def _try(self, bucket: Bucket, entry: Entry) -> tuple[Path | None, str, str]:
        try:
            self._download(bucket, entry)
        except CorruptObject as error:
            return None, str(error), ""
        except Unavailable as error:
            return None, "", str(error)
        except KeyError:
            return None, "", "the object was listed and is gone"
        return self.path(bucket, entry.key), "", ""

    def _download(self, bucket: Bucket, entry: Entry) -> bytes:
        path = self.path(bucket, entry.key)
        data = bucket.get(entry.key)
        require_whole(bucket, entry, data)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._write(path, data)
        except OSError as error:
            raise IsthmusError(
                f"the cache can't be written: {error.strerror}",
                where=str(self.root),
                fix="make room there, or name another directory",
            ) from error
        return data

    def _write(self, path: Path, data: bytes) -> None:
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".part-")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
            Path(temporary).replace(path)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise

    def trim(self) -> int:
        """Deletes what was written longest ago until at most `max_bytes` are left; returns how many bytes went."""
        files = []
        for folder, _, names in os.walk(self.root / "objects"):
            for name in names:
                path = Path(folder, name)
                try:
                    stat = path.stat()
                except FileNotFoundError:
                    continue
                files.append((stat.st_mtime_ns, stat.st_size, path))
        excess = sum(size for _, size, _ in files) - self._max_bytes
        gone = 0
        for _, size, path in sorted(files):
            if gone >= excess:
                break
            path.unlink(missing_ok=True)
            gone += size
        return gone
