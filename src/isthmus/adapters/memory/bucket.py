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


class MemoryBucket:
    """Keeps objects in `objects`; set `out` to make it unavailable."""

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud
        self._lock = threading.Lock()
        self._created: dict[str, int] = {}
        self.objects: dict[str, bytes] = {}
        self.out = False

    @property
    def cloud(self) -> Cloud:
        """The cloud that it stands for."""
        return self._cloud

    def put_new(self, key: str, data: bytes) -> bool:
        """Writes an object unless the key is taken."""
        self._require()
        with self._lock:
            if key in self.objects:
                return False
            self.objects[key] = data
            self._created[key] = time.time_ns() // 1_000_000
            return True

    def get(self, key: str) -> bytes:
        """Returns an object's bytes; KeyError when there is none."""
        self._require()
        return self.objects[key]

    def list(self, prefix: str = "") -> Iterator[Entry]:
        """Yields the objects below a prefix in the order of their keys."""
        self._require()
        for key in sorted(key for key in self.objects if key.startswith(prefix)):
            data = self.objects[key]
            checksum = base64.b64encode(google_crc32c.value(data).to_bytes(4, "big")).decode("ascii")
            yield Entry(key, checksum, len(data), self._created[key])

    def _require(self) -> None:
        if self.out:
            raise Unavailable("the bucket is out", where=f"{self._cloud} in memory")
