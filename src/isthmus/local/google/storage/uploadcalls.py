"""The calls that bring content: media, multipart and resumable uploads."""

from __future__ import annotations

import asyncio
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from isthmus.local.google.storage.backend import Backend, Files
from isthmus.local.google.storage.common import Json, checksums, verify
from isthmus.local.google.storage.errors import StorageError
from isthmus.local.google.storage.gate import Gate
from isthmus.local.google.storage.uploads import Piece, split_multipart
from isthmus.local.google.storage.web import linked, parameters

_LARGE_BYTES = 1024 * 1024
MAX_OBJECT_BYTES = 900_000_000
"""What a row of SQLite holds, a little less. Cloud Storage takes 5 TiB."""


class UploadCalls:
    """Answers the calls.

    Args:
        backend: The state.
        gate: What every call goes through.
    """

    def __init__(self, backend: Backend, gate: Gate) -> None:
        self._backend, self._gate = backend, gate

    async def call(self, request: Request) -> Response:
        """objects.insert in all its forms; each upload is counted once."""
        bucket, query = request.path_params["bucket"], parameters(request)
        if "upload_id" in query:
            return await self.piece(request, query["upload_id"])
        fault = await self._gate.enter(request, "storage.objects.insert", bucket)
        kind = query.get("uploadType", "")
        if kind == "resumable":
            return await self._begin(request, bucket, query)
        if fault is not None:
            fault.strike()
        body, content_type = await request.body(), request.headers.get("content-type", "")
        if kind == "multipart":
            metadata, data_type, body = split_multipart(content_type, body)
            metadata.setdefault("contentType", data_type)
        elif kind == "media":
            metadata = {"contentType": content_type} if content_type else {}
        else:
            raise StorageError(400, f"Invalid value for uploadType: {kind!r}.", "uploadType")
        _complete(metadata, query, request)
        return JSONResponse(linked(await self.insert(bucket, metadata, body, query), request))

    async def insert(self, bucket: str, metadata: Json, body: bytes, query: dict[str, str]) -> Json:
        """Writes an object whose content is here."""
        sums = await _sums(body)
        made: Json = await self._backend.write(lambda files: files.objects.insert(bucket, metadata, body, query, sums))
        return made

    async def _begin(self, request: Request, bucket: str, query: dict[str, str]) -> Response:
        metadata = dict(msgspec.json.decode(await request.body() or b"{}", type=dict[str, Any]))
        if "x-upload-content-type" in request.headers:
            metadata.setdefault("contentType", request.headers["x-upload-content-type"])
        _complete(metadata, query, request)
        return await self.begin(request, bucket, metadata, query)

    async def begin(
        self, request: Request, bucket: str, metadata: Json, query: dict[str, str], status: int = 200
    ) -> Response:
        """Opens a resumable upload and says where it goes on."""

        def begin(files: Files) -> str:
            files.objects.buckets.get(bucket)
            return files.uploads.begin(bucket, metadata, query)

        upload = await self._backend.write(begin)
        place = f"{request.base_url}upload/storage/v1/b/{bucket}/o?uploadType=resumable&upload_id={upload}"
        return Response(status_code=status, headers={"location": place, "x-guploader-uploadid": upload})

    async def piece(self, request: Request, upload: str) -> Response:
        """A further request of a resumable upload: a piece, a question, or its end."""
        if request.method == "DELETE":
            await self._backend.write(lambda files: files.uploads.cancel(upload))
            return Response(status_code=499)
        piece = Piece.of(request.headers.get("content-range", ""), await request.body())
        # The session itself is the permission: whoever has its address may go on.
        fault = self._gate.fault(request, "storage.objects.insert", 0 if piece.start is None else piece.end)
        if fault is not None:
            cut_short = piece.until(fault.after_bytes or 0)
            await self._backend.write(lambda files: files.uploads.add(upload, cut_short))
            fault.strike()
        sent = sent_sums(request)
        size, made = await self._backend.write(lambda files: _added(files, upload, piece, sent))
        if made is not None:
            return JSONResponse(linked(made, request))
        have = {"range": f"bytes=0-{size - 1}"} if size else {}
        return Response(status_code=308, headers={"x-guploader-uploadid": upload, **have})


def _added(files: Files, upload: str, piece: Piece, sent: dict[str, str]) -> tuple[int, Json | None]:
    """Adds a piece; makes the object of all pieces once they are here, if their checksums are those sent."""
    progress = files.uploads.find(upload)
    if progress.result is not None:
        return progress.size, progress.result
    size = files.uploads.add(upload, piece)
    if piece.total is not None and size > piece.total:
        raise StorageError(400, f"{size} bytes are here, and the Content-Range says {piece.total} in all.")
    if size > MAX_OBJECT_BYTES:
        raise StorageError(413, f"An object has at most {MAX_OBJECT_BYTES} bytes here.")
    if piece.total is None or size < piece.total:
        return size, None
    content = files.uploads.content(upload)
    sums = checksums(content)
    verify(sent, sums)
    made = files.objects.insert(progress.bucket, progress.metadata, content, progress.query, sums)
    files.uploads.finish(upload, made)
    return size, made


def _complete(metadata: Json, query: dict[str, str], request: Request) -> None:
    """Adds to an object's metadata what the client says of it in parameters and headers."""
    if not metadata.get("name"):
        metadata["name"] = query.get("name", "")
    if query.get("contentEncoding"):
        metadata["contentEncoding"] = query["contentEncoding"]
    metadata.update(sent_sums(request))


def sent_sums(request: Request) -> dict[str, str]:
    """The checksums in a request's headers, by the names that they have in an object."""
    names = {"crc32c": "crc32c", "md5": "md5Hash"}
    pairs = (entry.strip().partition("=") for entry in request.headers.get("x-goog-hash", "").split(","))
    return {names[name]: value for name, _, value in pairs if name in names}


async def _sums(data: bytes) -> dict[str, str]:
    if len(data) > MAX_OBJECT_BYTES:
        raise StorageError(413, f"An object has at most {MAX_OBJECT_BYTES} bytes here.")
    return await asyncio.to_thread(checksums, data) if len(data) > _LARGE_BYTES else checksums(data)
