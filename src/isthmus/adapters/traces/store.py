"""The local store of traces: NDJSON files in one folder, written by every process of a run, bounded by rotation.

A line is appended whole by one write to a file opened for appending, which POSIX makes atomic among processes, so no
lock is taken for it; what was written survives the death of its writer. Only rotating takes a lock.
"""

from __future__ import annotations

import fcntl
import os
import threading
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import msgspec

from isthmus.adapters.traces.records import SpanRecord, record
from isthmus.core.spans import Span, Value

MAX_FILE_BYTES = 8 * 1024 * 1024
FILES = 4
"""Files kept beside the one that is written: some 60,000 spans in all."""

MAX_WAITING = 1_000
"""Spans of a piece of work that are held until it ends; then they are written early."""

_LOOK_BYTES, _LOOK_SECONDS = 64 * 1024, 0.5
_CURRENT = "spans.ndjson"
_decoder = msgspec.json.Decoder(SpanRecord)


class SpanFiles:
    """Writes spans. A fault of the disk loses spans and nothing else.

    Args:
        folder: Where; made when missing.
        resource: What the spans are of.
        max_file_bytes: Size at which a file is put aside.
        files: How many of those are kept.
    """

    def __init__(
        self, folder: Path, resource: Mapping[str, Value], max_file_bytes: int = MAX_FILE_BYTES, files: int = FILES
    ) -> None:
        self._folder = folder
        self._service = str(resource.get("service.name", ""))
        self._resource = msgspec.Raw(msgspec.json.encode(dict(resource)))
        self._limits = (max_file_bytes, files)
        self._encoder = msgspec.json.Encoder()
        self._waiting: list[SpanRecord] = []
        self._lock = threading.Lock()
        self._file = -1
        self._unseen = 0
        self._look_at = 0.0
        self._look_bytes = min(_LOOK_BYTES, max_file_bytes)

    def add(self, span: Span) -> None:
        """Keeps a span; it is written with the others of its piece of work, when that ends."""
        with self._lock:
            self._waiting.append(record(span, self._service, self._resource))
            if not span.remote and len(self._waiting) < MAX_WAITING:
                return
            waiting, self._waiting = self._waiting, []
            try:
                self._append(self._encoder.encode_lines(waiting))
            except OSError:
                self._close()

    def _append(self, lines: bytes) -> None:
        if self._file >= 0 and (self._unseen >= self._look_bytes or time.monotonic() >= self._look_at):
            # Others write, too, and put the file aside; that is asked for, but not with every span of many.
            self._unseen, self._look_at = 0, time.monotonic() + _LOOK_SECONDS
            if os.fstat(self._file).st_size >= self._limits[0]:
                self._rotate()
        if self._file < 0:
            self._folder.mkdir(parents=True, exist_ok=True)
            self._file = os.open(self._folder / _CURRENT, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        self._unseen += os.write(self._file, lines)

    def _rotate(self) -> None:
        """Puts the full file aside unless another process has; the next span opens the new one."""
        path = self._folder / _CURRENT
        lock = os.open(self._folder / "lock", os.O_WRONLY | os.O_CREAT, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if path.exists() and path.stat().st_ino == os.fstat(self._file).st_ino:
                path.rename(self._folder / f"spans.{time.time_ns()}.ndjson")
                for old in sorted(self._folder.glob("spans.*.ndjson"))[: -self._limits[1]]:
                    old.unlink(missing_ok=True)
        finally:
            os.close(lock)
            self._close()

    def _close(self) -> None:
        if self._file >= 0:
            os.close(self._file)
        self._file = -1


def read(folder: Path, trace_id: str = "") -> Iterator[SpanRecord]:
    """Yields the spans in the order written, of one trace where one is named; lines that are cut off are left out."""
    wanted = trace_id.encode()
    for path in [*sorted(folder.glob("spans.*.ndjson")), folder / _CURRENT]:
        try:
            lines = path.read_bytes().split(b"\n")
        except FileNotFoundError:
            # Nothing was traced yet, or it was rotated away in between.
            continue
        for line in lines:
            if wanted in line and (found := _decoded(line)) and trace_id in ("", found.trace_id):
                yield found


def tail(folder: Path, size_bytes: int) -> list[SpanRecord]:
    """The spans that were written last, in the order written: what fits into so many bytes."""
    pieces: list[bytes] = []
    for path in [folder / _CURRENT, *sorted(folder.glob("spans.*.ndjson"), reverse=True)]:
        if size_bytes <= 0:
            break
        try:
            with path.open("rb") as file:
                start = max(0, file.seek(0, os.SEEK_END) - size_bytes)
                file.seek(start)
                # What is cut off is no line; of a whole file nothing is.
                piece = file.read().partition(b"\n")[2] if start else file.read()
        except FileNotFoundError:
            continue
        pieces.append(piece)
        size_bytes -= len(piece) if not start else size_bytes
    return [found for piece in reversed(pieces) for line in piece.split(b"\n") if (found := _decoded(line))]


def _decoded(line: bytes) -> SpanRecord | None:
    try:
        return _decoder.decode(line)
    except msgspec.DecodeError:
        return None
