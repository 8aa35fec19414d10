"""The content of an object over HTTP: ranges, checksums in headers, gzip undone for who can't."""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable, Mapping

from starlette.responses import Response

from isthmus.local.google.storage.common import Json
from isthmus.local.google.storage.errors import StorageError

_RANGE = re.compile(r"bytes=(\d*)-(\d*)")
_HEADERS = {
    "contentEncoding": "content-encoding",
    "contentDisposition": "content-disposition",
    "contentLanguage": "content-language",
    "cacheControl": "cache-control",
}
Read = Callable[[int, int], bytes]


def headers(meta: Json) -> dict[str, str]:
    """The headers that describe an object."""
    sums = [f"{name}={meta[key]}" for name, key in (("crc32c", "crc32c"), ("md5", "md5Hash")) if key in meta]
    described = {
        "content-type": meta["contentType"],
        "x-goog-hash": ",".join(sums),
        "x-goog-generation": meta["generation"],
        "x-goog-metageneration": meta["metageneration"],
        "x-goog-storage-class": meta["storageClass"],
        "x-goog-stored-content-length": meta["size"],
        "x-goog-stored-content-encoding": meta.get("contentEncoding", "identity"),
        "accept-ranges": "bytes",
        "etag": meta["etag"],
    }
    return described | {theirs: meta[ours] for ours, theirs in _HEADERS.items() if meta.get(ours)}


def span(meta: Json, wanted: str) -> tuple[int, int] | None:
    """The first byte and the number of bytes that a Range header asks for; None for the whole.

    Raises:
        StorageError: 416 when there are no such bytes.
    """
    match, size = _RANGE.fullmatch(wanted.strip()), int(meta["size"])
    if not match or not (match[1] or match[2]):
        return None
    if match[1]:
        start, end = int(match[1]), min(int(match[2]) if match[2] else size - 1, size - 1)
    else:
        start, end = max(0, size - int(match[2])), size - 1
    if start >= size or start > end:
        raise StorageError(416, f"The requested range cannot be satisfied: {wanted}.")
    return start, end - start + 1


def response(meta: Json, data: bytes, part: tuple[int, int] | None, asked: Mapping[str, str]) -> Response:
    """The answer to a download.

    Args:
        meta: The object.
        data: Its content, or the part of it that was asked for.
        part: Which part that is; None for the whole.
        asked: The request's headers.
    """
    described = headers(meta)
    if part is not None:
        start, length = part
        described["content-range"] = f"bytes {start}-{start + length - 1}/{meta['size']}"
        return Response(data, 206, described)
    undo = meta.get("contentEncoding") == "gzip" and "gzip" not in asked.get("accept-encoding", "")
    if undo and "no-transform" not in meta.get("cacheControl", ""):
        data = _undone(data)
        described.pop("content-encoding")
        described["warning"] = "214 UploadServer gunzipped"
    return Response(data, 200, described)


def _undone(data: bytes) -> bytes:
    try:
        return gzip.decompress(data)
    except (OSError, EOFError):
        raise StorageError(503, "The object's content is not gzip, as its contentEncoding says.") from None
