"""A bucket in memory."""

from __future__ import annotations

import base64
import threading
import time
from collections.abc import Iterator

import google_crc32c

from isthmus.core.errors import Unavailable
from isthmus.core.frames import Cloud
from isthmus.core.ledger import Entry
from isthmus.core.ports import Stored


class MemoryBucket:
    """Keeps objects in `objects`; set `out` to make it unavailable."""

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud
        self._lock = threading.Lock()
        self._created: dict[str, int] = {}
        self._events: dict[str, int] = {}
        self._versions: dict[str, int] = {}
        self.objects: dict[str, bytes] = {}
        self.out = False

    @property
    def cloud(self) -> Cloud:
        """The cloud that it stands for."""
        return self._cloud

    def put_new(self, key: str, data: bytes, *, events: int = 0) -> bool:
        """Writes an object unless the key is taken."""
        self._require()
        with self._lock:
            if key in self.objects:
                return False
            self._write(key, data)
            self._events[key] = events
            return True

    def swap(self, key: str, data: bytes, version: str = "") -> bool:
        """Replaces an object that is still at this version."""
        self._require()
        with self._lock:
            if version != (self._version(key) if key in self.objects else ""):
                return False
            self._write(key, data)
            return True

    def _write(self, key: str, data: bytes) -> None:
        self.objects[key] = data
        self._created[key] = time.time_ns() // 1_000_000
        self._versions[key] = self._versions.get(key, 0) + 1

    def _version(self, key: str) -> str:
        return str(self._versions.get(key, 0))

    def get(self, key: str) -> bytes:
        """Returns an object's bytes; KeyError when there is none."""
        self._require()
        return self.objects[key]

    def look(self, key: str) -> Entry:
        """Returns what can be told of an object; KeyError when there is none."""
        self._require()
        data = self.objects[key]
        checksum = base64.b64encode(google_crc32c.value(data).to_bytes(4, "big")).decode("ascii")
        return Entry(key, checksum, len(data), self._created.get(key, 0), self._events.get(key, 0))

    def list(self, prefix: str = "", after: str = "") -> Iterator[Entry]:
        """Yields the objects below a prefix in the order of their keys, beginning behind the key `after`."""
        self._require()
        for key in sorted(key for key in self.objects if key.startswith(prefix) and key > after):
            yield self.look(key)

    def versions(self, prefix: str) -> Iterator[Stored]:
        """Yields the objects below a prefix in the order of their keys, with their versions."""
        self._require()
        for key in sorted(key for key in self.objects if key.startswith(prefix)):
            yield Stored(key, self._version(key), len(self.objects[key]))

    def _require(self) -> None:
        if self.out:
            raise Unavailable("the bucket is out", where=f"{self._cloud} in memory")
