"""The Parquet objects of both archives: which there are, and local copies of them.

Unlike a frame's object, a day's is replaced when more of the day has come. A copy is named by the version that it was
listed at; it says itself what it holds, so one that was replaced in between does no harm.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from isthmus.archive import parquet
from isthmus.archive.cache import bucket_name
from isthmus.archive.parquet import File
from isthmus.core import keys
from isthmus.core.errors import IsthmusError, Unavailable
from isthmus.core.frames import Cloud
from isthmus.core.keys import Day
from isthmus.core.ports import Stored, Tables

STALE_SECONDS = 3600.0
"""How long a copy stays that was replaced: a query that began before may still read it."""


@dataclass
class Held:
    """Which Parquet objects the archives have.

    Attributes:
        days: For each day the clouds that have an object, each with its version.
        out: Why a cloud was not listed.
    """

    days: dict[Day, dict[Cloud, Stored]] = field(default_factory=dict)
    out: dict[Cloud, str] = field(default_factory=dict)


def held(
    buckets: Sequence[Tables], prefixes: Iterable[str] = (keys.COMPACTED,), wanted: Callable[[Day], bool] | None = None
) -> Held:
    """Lists the Parquet objects of the buckets; goes on without a cloud that is out."""
    found = Held()
    for bucket in buckets:
        try:
            for stored in (stored for prefix in prefixes for stored in bucket.versions(prefix)):
                day = keys.compacted_day(stored.key)
                if day and (wanted is None or wanted(day)):
                    found.days.setdefault(day, {})[bucket.cloud] = stored
        except Unavailable as error:
            found.out[bucket.cloud] = str(error)
    return found


class TableCache:
    """Copies of Parquet objects below a directory. Safe to share between processes: files appear whole.

    Args:
        root: The directory; made when it is missing.
    """

    def __init__(self, root: Path) -> None:
        self._root = root.absolute() / "tables"

    def path(self, bucket: Tables, stored: Stored) -> Path:
        """Returns where a version of an object is kept."""
        folder = hashlib.sha256(stored.key.encode()).hexdigest()[:32]
        name = hashlib.sha256(f"{stored.version} {stored.size}".encode()).hexdigest()[:32]
        return self._root / bucket.cloud / bucket_name(bucket) / folder / f"{name}.parquet"

    def fetch(self, bucket: Tables, stored: Stored) -> File:
        """Returns an object's copy, from here or else from the bucket.

        Raises:
            IsthmusError: when it is no Parquet of ours.
            Unavailable: when the bucket can't be reached.
            KeyError: when the object is gone.
        """
        path = self.path(bucket, stored)
        if not path.exists():
            self._keep(path, bucket.get(stored.key))
        try:
            return File(path, parquet.read_cover(path))
        except IsthmusError as error:
            path.unlink(missing_ok=True)
            where = f"{bucket.cloud}:{bucket_name(bucket)}/{stored.key}"
            raise IsthmusError(error.what, where=where, fix=error.fix) from error

    def _keep(self, path: Path, data: bytes) -> None:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".part-")
            with os.fdopen(handle, "wb") as file:
                file.write(data)
            Path(temporary).replace(path)
        except OSError as error:
            fix = "make room there, or name another directory"
            raise IsthmusError(
                f"the cache can't be written: {error.strerror}", where=str(self._root), fix=fix
            ) from error
        self._forget(path)

    def _forget(self, newest: Path) -> None:
        for other in newest.parent.iterdir():
            with contextlib.suppress(FileNotFoundError):
                if other != newest and time.time() - other.stat().st_mtime > STALE_SECONDS:
                    other.unlink()


def best(
    day: dict[Cloud, Stored], buckets: Sequence[Tables], cache: TableCache, problems: list[str]
) -> tuple[File, Cloud] | None:
    """Returns the largest object of a day that can be read, and its cloud; None when none can, which is no loss.

    Two of one size are taken for the same one: then the one that is here already, else the first.
    """
    by_cloud = {bucket.cloud: bucket for bucket in buckets}

    def order(item: tuple[Cloud, Stored]) -> tuple[int, bool]:
        return -item[1].size, not cache.path(by_cloud[item[0]], item[1]).exists()

    for cloud, stored in sorted(day.items(), key=order):
        try:
            return cache.fetch(by_cloud[cloud], stored), cloud
        except KeyError:
            continue
        except IsthmusError as error:
            problems.append(f"{error}; its events were read one by one")
    return None
