"""Multipart uploads of the XML API: parts in any order, then one object of those that the client names.

Source: Cloud Storage documentation, "XML API multipart uploads", 2026-11.
"""

from __future__ import annotations

import contextlib
import hashlib
from xml.etree import ElementTree
from xml.sax.saxutils import escape

from starlette.requests import Request
from starlette.responses import Response

from isthmus.local.google.storage.backend import Backend, Files
from isthmus.local.google.storage.common import Json, checksums, verify
from isthmus.local.google.storage.errors import StorageError
from isthmus.local.google.storage.gate import Gate
from isthmus.local.google.storage.uploads import Progress

_XMLNS = "http://s3.amazonaws.com/doc/2006-03-01/"
_MOST_PARTS = 10_000
_SMALLEST_BYTES = 5 * 1024 * 1024
"""Of each part but the last."""

MULTIPART = "\0multipart"
"""Marks, among the parameters that an upload is kept with, one of this kind."""


class XmlUploads:
    """Answers the calls.

    Args:
        backend: The state.
        gate: What every call goes through.
    """

    def __init__(self, backend: Backend, gate: Gate) -> None:
        self._backend, self._gate = backend, gate

    async def begin(self, request: Request, bucket: str, metadata: Json, query: dict[str, str]) -> Response:
        """`POST ?uploads`"""
        await self._gate.enter(request, "storage.multipartUploads.create", bucket)
        kept = {key: value for key, value in query.items() if key != "uploads"} | {MULTIPART: "1"}

        def begin(files: Files) -> str:
            files.objects.buckets.get(bucket)
            return files.uploads.begin(bucket, metadata, kept)

        upload = await self._backend.write(begin)
        fields = {"Bucket": bucket, "Key": metadata["name"], "UploadId": upload}
        return _xml("InitiateMultipartUploadResult", fields)

    async def call(self, request: Request, bucket: str, name: str, query: dict[str, str], sums: Json) -> Response:
        """Everything on one upload."""
        upload = query["uploadId"]
        if request.method == "PUT":
            return await self._put(request, bucket, upload, query.get("partNumber", ""), sums)
        if request.method == "POST":
            conditions = {key: value for key, value in query.items() if key.startswith("if")}
            return await self._complete(request, (bucket, name), upload, conditions)
        if request.method == "DELETE":
            await self._gate.enter(request, "storage.multipartUploads.abort", bucket)
            await self._backend.write(lambda files: _cancelled(files, upload))
            return Response(status_code=204)
        await self._gate.enter(request, "storage.multipartUploads.listParts", bucket)
        parts = await self._backend.read(lambda files: _parts(files, upload))
        return _listed(bucket, name, upload, parts)

    async def _put(self, request: Request, bucket: str, upload: str, number: str, sent: Json) -> Response:
        await self._gate.enter(request, "storage.multipartUploads.create", bucket)
        if not number.isdigit() or not 1 <= int(number) <= _MOST_PARTS:
            raise StorageError(400, f"partNumber must be between 1 and {_MOST_PARTS}.", reason="InvalidArgument")
        data = await request.body()
        sums = checksums(data)
        verify(sent, sums)
        await self._backend.write(lambda files: _put(files, upload, int(number), data))
        told = {"etag": _etag(data), "x-goog-hash": f"crc32c={sums['crc32c']},md5={sums['md5Hash']}"}
        return Response(headers=told)

    async def _complete(
        self, request: Request, place: tuple[str, str], upload: str, conditions: dict[str, str]
    ) -> Response:
        bucket, name = place
        await self._gate.enter(request, "storage.multipartUploads.create", bucket)
        wanted = _wanted(await request.body())
        made = await self._backend.write(lambda files: _completed(files, upload, wanted, conditions))
        location = f"{request.base_url}{bucket}/{name}"
        return _xml(
            "CompleteMultipartUploadResult",
            {
                "Location": location,
                "Bucket": bucket,
                "Key": name,
                "ETag": f'"{made["etag"]}"',
            },
            {"x-goog-hash": f"crc32c={made['crc32c']}", "x-goog-generation": made["generation"]},
        )


def _completed(files: Files, upload: str, wanted: list[tuple[int, str]], conditions: dict[str, str]) -> Json:
    progress = _find(files, upload)
    if progress.result is not None:
        return dict(progress.result)
    parts = dict(files.uploads.pieces(upload))
    chosen = [parts.get(number, b"") for number, _ in wanted]
    for (number, etag), data in zip(wanted, chosen, strict=True):
        if number not in parts or etag.strip('"') != _etag(data).strip('"'):
            raise StorageError(400, f"Part {number} is not there, or its ETag is another.", reason="InvalidPart")
    if any(len(data) < _SMALLEST_BYTES for data in chosen[:-1]):
        raise StorageError(400, "A part that isn't the last has less than 5 MiB.", reason="EntityTooSmall")
    content = b"".join(chosen)
    # Such an object has no MD5, as a composed one has none.
    sums = {"crc32c": checksums(content)["crc32c"], "md5Hash": ""}
    kept = {key: value for key, value in progress.query.items() if key != MULTIPART}
    made = files.objects.insert(progress.bucket, progress.metadata, content, kept | conditions, sums)
    made = files.objects.composed(made, None)
    files.uploads.finish(upload, made)
    return made


def _find(files: Files, upload: str) -> Progress:
    with contextlib.suppress(StorageError):
        progress = files.uploads.find(upload)
        if MULTIPART in progress.query:
            return progress
    raise StorageError(404, "The requested upload was not found.", reason="NoSuchUpload")


def _put(files: Files, upload: str, number: int, data: bytes) -> None:
    _find(files, upload)
    files.uploads.put(upload, number, data)


def _parts(files: Files, upload: str) -> list[tuple[int, bytes]]:
    _find(files, upload)
    return files.uploads.pieces(upload)


def _cancelled(files: Files, upload: str) -> None:
    _find(files, upload)
    files.uploads.cancel(upload)


def _wanted(body: bytes) -> list[tuple[int, str]]:
    """The parts that a client names. 400 when they aren't in order, or can't be read."""
    try:
        root = ElementTree.fromstring(body)  # noqa: S314 - expat refuses what grows without bound
        parts = [one for one in root if one.tag.rpartition("}")[2] == "Part"]
        found = [(int(_text(one, "PartNumber")), _text(one, "ETag")) for one in parts]
    except (ElementTree.ParseError, ValueError):
        found = []
    if not found:
        raise StorageError(400, "The list of parts can't be read.", reason="MalformedCompleteMultipartUploadRequest")
    numbers = [number for number, _ in found]
    if numbers != sorted(set(numbers)):
        raise StorageError(400, "The parts are not in ascending order.", reason="InvalidPartOrder")
    return found


def _text(part: ElementTree.Element, name: str) -> str:
    return next((str(one.text or "").strip() for one in part if one.tag.rpartition("}")[2] == name), "")


def _etag(data: bytes) -> str:
    return f'"{hashlib.md5(data, usedforsecurity=False).hexdigest()}"'


def _listed(bucket: str, name: str, upload: str, parts: list[tuple[int, bytes]]) -> Response:
    rows = "".join(
        f"<Part><PartNumber>{number}</PartNumber><ETag>{escape(_etag(data))}</ETag><Size>{len(data)}</Size></Part>"
        for number, data in parts
    )
    return _xml("ListPartsResult", {"Bucket": bucket, "Key": name, "UploadId": upload}, more=rows)


def _xml(root: str, fields: Json, headers: dict[str, str] | None = None, more: str = "") -> Response:
    inner = "".join(f"<{name}>{escape(value)}</{name}>" for name, value in fields.items())
    body = f"<?xml version='1.0' encoding='UTF-8'?><{root} xmlns='{_XMLNS}'>{inner}{more}</{root}>"
    return Response(body, headers=headers, media_type="application/xml")
