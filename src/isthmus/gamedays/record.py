"""The producer's record: what an ingest acknowledged. The only thing beside the buckets that the checker reads."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

import msgspec


class Identity(msgspec.Struct, frozen=True, array_like=True):
    """What makes an event the same event."""

    source: str
    id: str


class Acknowledged(msgspec.Struct, frozen=True):
    """One acknowledged batch.

    Attributes:
        at_ms: When the acknowledgement came, Unix milliseconds.
        latency_ms: From the first try to the acknowledgement.
        ingest: The ingest that acknowledged.
        events: What it acknowledged.
    """

    at_ms: int
    latency_ms: float
    ingest: str
    events: list[Identity]


@dataclass
class RecordWriter:
    """Appends acknowledged batches to a file, one JSON line each; safe from several threads."""

    path: Path

    def __post_init__(self) -> None:
        self._file = self.path.open("ab")
        self._lock = threading.Lock()

    def add(self, batch: Acknowledged) -> None:
        """Appends a batch."""
        line = msgspec.json.encode(batch) + b"\n"
        with self._lock:
            self._file.write(line)
            self._file.flush()

    def close(self) -> None:
        """Closes the file."""
        self._file.close()

    def __enter__(self) -> RecordWriter:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class _Identity(msgspec.Struct):
    source: str
    id: str


_identity_decoder = msgspec.json.Decoder(_Identity)


def identities(lines: Iterable[bytes]) -> list[Identity]:
    """Reads the identity of each event line."""
    found = map(_identity_decoder.decode, lines)
    return [Identity(event.source, event.id) for event in found]


def read(path: Path) -> Iterator[Acknowledged]:
    """Yields the acknowledged batches of a record."""
    decoder = msgspec.json.Decoder(Acknowledged)
    with path.open("rb") as file:
        for line in file:
            yield decoder.decode(line)
