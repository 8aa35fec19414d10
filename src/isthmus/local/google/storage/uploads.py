"""Uploads: with metadata in a multipart body, or resumable in pieces that outlive the server."""

from __future__ import annotations

import re
import secrets
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass

import msgspec

from isthmus.local.google.clock import Clock
from isthmus.local.google.storage.common import Json
from isthmus.local.google.storage.errors import StorageError

_WEEK_SECONDS = 7 * 86400
"""A resumable upload can go on for a week (Cloud Storage documentation, "Resumable uploads", 2026-11)."""

_RANGE = re.compile(r"bytes (?:(\d+)-(\d+)|\*)/(\d+|\*)")


@dataclass(frozen=True)
class Piece:
    """What a request of a resumable upload brings.

    Attributes:
        start: Where its bytes belong; None asks how far the upload is.
        total: The size of the whole, once it is known.
        data: The bytes.
    """

    start: int | None
    total: int | None
    data: bytes

    @classmethod
    def of(cls, content_range: str, data: bytes) -> Piece:
        """Reads the Content-Range header; without one the body is the whole. 400 when it can't be read."""
        if not content_range:
            return cls(0, len(data), data)
        match = _RANGE.fullmatch(content_range)
        if not match:
            raise StorageError(400, f"Failed to parse Content-Range header: {content_range!r}.")
        start, end, total = match.groups()
        if start is not None and int(end) - int(start) + 1 != len(data):
            raise StorageError(400, f"The Content-Range is {content_range!r}, and the body has {len(data)} bytes.")
        whole = None if total == "*" else int(total)
        return cls(None if start is None else int(start), whole, data if start is not None else b"")

    @property
    def end(self) -> int:
        """The place behind its last byte."""
        return (self.start or 0) + len(self.data)

    def until(self, place: int) -> Piece:
        """The piece as far as it lies before a place."""
        return Piece(self.start, None, self.data[: max(0, place - (self.start or 0))])


@dataclass(frozen=True)
class Progress:
    """How far a resumable upload is.

    Attributes:
        size: Bytes that are kept.
        result: The object, once the upload is complete and done.
        bucket: The bucket.
        metadata: What the client says of the object.
        query: The parameters of the first request, the preconditions among them.
    """

    size: int
    result: Json | None
    bucket: str
    metadata: Json
    query: dict[str, str]


class Uploads:
    """The resumable uploads, over one connection; what is written is committed by whoever owns that.

    Args:
        db: The connection.
        clock: The time.
    """

    def __init__(self, db: sqlite3.Connection, clock: Clock) -> None:
        self._db, self._clock = db, clock

    def expire(self) -> None:
        """Forgets the uploads that can't go on any more."""
        old = (self._clock.now() - _WEEK_SECONDS,)
        self._db.execute("DELETE FROM pieces WHERE upload IN (SELECT id FROM uploads WHERE begun < ?)", old)
        self._db.execute("DELETE FROM uploads WHERE begun < ?", old)

    def begin(self, bucket: str, metadata: Json, query: Mapping[str, str]) -> str:
        """Opens an upload and returns its id."""
        upload = secrets.token_urlsafe(24)
        described, sent = msgspec.json.encode(metadata), msgspec.json.encode(dict(query))
        row = (upload, self._clock.now(), bucket, described, sent, 0, None)
        self._db.execute("INSERT INTO uploads VALUES (?, ?, ?, ?, ?, ?, ?)", row)
        return upload

    def find(self, upload: str) -> Progress:
        """Returns how far an upload is. 404 when there is none."""
        sql = "SELECT size, result, bucket, metadata, query FROM uploads WHERE id = ?"
        row = self._db.execute(sql, (upload,)).fetchone()
        if row is None:
            raise StorageError(404, "The upload is not known, or was cancelled.", "upload_id")
        decode = msgspec.json.decode
        return Progress(row[0], decode(row[1]) if row[1] else None, row[2], decode(row[3]), decode(row[4]))

    def add(self, upload: str, piece: Piece) -> int:
        """Adds the bytes of a piece that are not here yet and returns how many there are now. 400 for a gap."""
        size = self.find(upload).size
        if piece.start is None:
            return size
        if piece.start > size:
            raise StorageError(400, f"The piece begins at {piece.start}, and {size} bytes are here.")
        fresh = piece.data[size - piece.start :]
        if fresh:
            self._db.execute("INSERT INTO pieces VALUES (?, ?, ?)", (upload, size, fresh))
            self._db.execute("UPDATE uploads SET size = ? WHERE id = ?", (size + len(fresh), upload))
        return size + len(fresh)

    def put(self, upload: str, number: int, data: bytes) -> None:
        """Keeps a part of a multipart upload, in place of an older one of its number."""
        self._db.execute("INSERT OR REPLACE INTO pieces VALUES (?, ?, ?)", (upload, number, data))

    def pieces(self, upload: str) -> list[tuple[int, bytes]]:
        """Returns the parts of a multipart upload, by number."""
        sql = "SELECT start, data FROM pieces WHERE upload = ? ORDER BY start"
        return list(self._db.execute(sql, (upload,)).fetchall())

    def content(self, upload: str) -> bytes:
        """Returns all bytes that are here."""
        rows = self._db.execute("SELECT data FROM pieces WHERE upload = ? ORDER BY start", (upload,)).fetchall()
        return b"".join(row[0] for row in rows)

    def finish(self, upload: str, result: Json) -> None:
        """Notes the object that an upload became; asking again gives it."""
        self._db.execute("UPDATE uploads SET result = ? WHERE id = ?", (msgspec.json.encode(result), upload))
        self._db.execute("DELETE FROM pieces WHERE upload = ?", (upload,))

    def cancel(self, upload: str) -> None:
        """Forgets an upload."""
        self.find(upload)
        self._db.execute("DELETE FROM uploads WHERE id = ?", (upload,))
        self._db.execute("DELETE FROM pieces WHERE upload = ?", (upload,))


def split_multipart(content_type: str, body: bytes) -> tuple[Json, str, bytes]:
    """Splits a multipart/related body into metadata, the data's content type, and the data."""
    match = re.search(r"boundary=(?:\"([^\"]+)\"|'([^']+)'|([^;\s]+))", content_type)
    if not match:
        raise StorageError(400, "A multipart upload needs a boundary.")
    marker = b"--" + (match[1] or match[2] or match[3]).encode()
    first, second = _parts(body, marker)
    return dict(msgspec.json.decode(first[1].strip() or b"{}")), _content_type(second[0]), second[1]


def _parts(body: bytes, marker: bytes) -> tuple[tuple[bytes, bytes], tuple[bytes, bytes]]:
    start = body.find(marker) + len(marker)
    middle = body.find(b"\r\n" + marker, start)
    end = body.rfind(b"\r\n" + marker + b"--")
    if start < len(marker) or middle < 0 or end <= middle:
        raise StorageError(400, "Malformed multipart body.")
    return _part(body[start:middle]), _part(body[middle + 2 + len(marker) : end])


def _part(part: bytes) -> tuple[bytes, bytes]:
    # A part without headers begins with two line breaks: that of the boundary, and the empty line.
    head, separator, content = part.partition(b"\r\n\r\n")
    if not separator:
        raise StorageError(400, "A part of the multipart body has no headers.")
    return head, content


def _content_type(head: bytes) -> str:
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.strip().lower() == b"content-type":
            return value.strip().decode("latin-1")
    return "application/octet-stream"
