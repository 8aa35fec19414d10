"""The ports: what core needs of a broker and a bucket. adapters/ implements them on AWS, Google Cloud and in memory."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

import msgspec

from isthmus.core.frames import Cloud, Frame
from isthmus.core.ledger import Entry


class Broker(Protocol):
    """A topic that acknowledges a frame once it holds it durably."""

    @property
    def cloud(self) -> Cloud:
        """The cloud whose topic it is."""

    def publish(self, frame: Frame) -> None:
        """Publishes a frame; returning means that the broker has it.

        Raises:
            Unavailable: when it can't be reached, refuses for now or doesn't answer in time. It may have the frame.
        """


class Bucket(Protocol):
    """A bucket whose objects are written once."""

    @property
    def cloud(self) -> Cloud:
        """The cloud whose bucket it is."""

    def put_new(self, key: str, data: bytes, *, events: int = 0) -> bool:
        """Writes an object unless the key is taken; True when written, False when it was there already.

        Args:
            key: Its key.
            data: Its bytes.
            events: Events in it, noted beside it so that they can be counted without reading it; 0 notes nothing.

        Raises:
            Unavailable: when the bucket can't be reached or answers with a passing fault.
        """

    def get(self, key: str) -> bytes:
        """Returns an object's bytes.

        Raises:
            KeyError: when there is none.
            Unavailable: when the bucket can't be reached.
        """

    def look(self, key: str) -> Entry:
        """Returns all that can be told of an object without reading it: what a listing shows, and what it doesn't.

        Raises:
            KeyError: when there is none.
            Unavailable: when the bucket can't be reached.
        """

    def list(self, prefix: str = "", after: str = "") -> Iterator[Entry]:
        """Yields the objects below a prefix in the order of their keys, beginning behind the key `after`.

        Raises:
            Unavailable: when the bucket can't be reached.
        """


class Stored(msgspec.Struct, frozen=True, gc=False):
    """An object that may be replaced, as a listing shows it.

    Attributes:
        key: The object's key.
        version: What tells these bytes from those that replace them: S3's ETag, Cloud Storage's generation.
        size: Bytes.
    """

    key: str
    version: str
    size: int


class Tables(Bucket, Protocol):
    """A bucket some of whose objects are replaced as a whole: a reader sees the old bytes or the new ones."""

    def versions(self, prefix: str) -> Iterator[Stored]:
        """Yields the objects below a prefix in the order of their keys, with their versions.

        Raises:
            Unavailable: when the bucket can't be reached.
        """

    def swap(self, key: str, data: bytes, version: str = "") -> bool:
        """Replaces an object that is still at this version; False when it is not, or there is none.

        Args:
            key: Its key.
            data: Its new bytes.
            version: What it must be at; "" when there must be none.

        Raises:
            Unavailable: when the bucket can't be reached or answers with a passing fault. It may have been replaced.
        """
