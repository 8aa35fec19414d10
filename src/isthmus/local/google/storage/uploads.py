"""Uploads: in one part, with metadata in a multipart body, or resumable in pieces."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass, field
from typing import Any

import msgspec

from isthmus.local.google.storage.errors import StorageError

MAX_UPLOADS = 1000
"""Resumable uploads that are open at once; the oldest is forgotten behind that. Ours."""


@dataclass
class Resumable:
    """An upload that is under way; its pieces are in memory, since none of it is acknowledged yet."""

    bucket: str
    metadata: dict[str, Any]
    conditions: dict[str, str]
    data: bytearray = field(default_factory=bytearray)


class Uploads:
    """The resumable uploads that are open."""

    def __init__(self) -> None:
        self._open: dict[str, Resumable] = {}

    def begin(self, upload: Resumable) -> str:
        """Opens an upload and returns its id."""
        if len(self._open) >= MAX_UPLOADS:
            del self._open[next(iter(self._open))]
        upload_id = secrets.token_urlsafe(24)
        self._open[upload_id] = upload
        return upload_id

    def find(self, upload_id: str) -> Resumable:
        """Returns an open upload. 404 when there is none."""
        if upload_id not in self._open:
            raise StorageError(404, "The upload is not known.", "upload_id")
        return self._open[upload_id]

    def end(self, upload_id: str) -> None:
        """Forgets an upload."""
        self._open.pop(upload_id, None)


def add_piece(upload: Resumable, content_range: str, piece: bytes) -> bool:
    """Adds a piece to an upload; True when it is complete.

    Raises:
        StorageError: when the range can't be read or leaves a gap.
    """
    match = re.fullmatch(r"bytes (?:(\d+)-(\d+)|\*)/(\d+|\*)", content_range or f"bytes 0-{len(piece) - 1}/{len(piece)}")
    if not match:
        raise StorageError(400, f"Invalid Content-Range: {content_range!r}.")
    start, total = int(match[1] or len(upload.data)), match[3]
    if start > len(upload.data):
        raise StorageError(400, f"The piece begins at {start}, and {len(upload.data)} bytes are here.")
    upload.data[start : start + len(piece)] = piece
    return total != "*" and len(upload.data) >= int(total)


def split_multipart(content_type: str, body: bytes) -> tuple[dict[str, Any], str, bytes]:
    """Splits a multipart/related body into metadata, the data's content type, and the data."""
    match = re.search(r'boundary="?([^";]+)"?', content_type)
    if not match:
        raise StorageError(400, "A multipart upload needs a boundary.")
    marker = b"--" + match[1].encode()
    first, second = _parts(body, marker)
    return dict(msgspec.json.decode(first[1])), first_header(second[0]), second[1]


def _parts(body: bytes, marker: bytes) -> tuple[tuple[bytes, bytes], tuple[bytes, bytes]]:
    start = body.find(marker) + len(marker)
    middle = body.find(b"\r\n" + marker, start)
    end = body.rfind(b"\r\n" + marker + b"--")
    if start < len(marker) or middle < 0 or end <= middle:
        raise StorageError(400, "The multipart body can't be read.")
    return _part(body[start:middle]), _part(body[middle + 2 + len(marker) : end])


def _part(part: bytes) -> tuple[bytes, bytes]:
    head, separator, content = part.lstrip(b"\r\n").partition(b"\r\n\r\n")
    if not separator:
        raise StorageError(400, "A part of the multipart body has no headers.")
    return head, content


def first_header(head: bytes) -> str:
    """Returns the Content-Type of a part's head."""
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.strip().lower() == b"content-type":
            return value.strip().decode("latin-1")
    return "application/octet-stream"
