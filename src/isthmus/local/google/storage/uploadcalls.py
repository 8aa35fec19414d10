"""The calls that bring content: media, multipart and resumable uploads."""

from __future__ import annotations

import asyncio
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from isthmus.adapters.calls import Calls
from isthmus.local.google.storage.backend import Backend, Files
from isthmus.local.google.storage.common import Json, checksums, verify
from isthmus.local.google.storage.errors import StorageError
from isthmus.local.google.storage.uploads import Piece, split_multipart
from isthmus.local.google.storage.web import linked, parameters

_LARGE_BYTES = 1024 * 1024
MAX_OBJECT_BYTES = 900_000_000
"""What a row of SQLite holds, a little less. Cloud Storage takes 5 TiB."""


class UploadCalls:
    """Answers the calls.

    Args:
        backend: The state.
        calls: Where calls are counted.
    """

    def __init__(self, backend: Backend, calls: Calls) -> None:
        self._backend = backend
        self._calls = calls

    async def call(self, request: Request) -> Response:
        """objects.insert in all its forms; each upload is counted once."""
        bucket, query = request.path_params["bucket"], parameters(request)
        if "upload_id" in query:
            return await self._piece(request, query["upload_id"])
        self._calls.add("storage.objects.insert")
        kind = query.get("uploadType", "")
        if kind == "resumable":
            return await self._begin(request, bucket, query)
        body, content_type = await request.body(), request.headers.get("content-type", "")
        if kind == "multipart":
            metadata, data_type, body = split_multipart(content_type, body)
            metadata.setdefault("contentType", data_type)
        elif kind == "media":
            metadata = {"contentType": content_type} if content_type else {}
        else:
            raise StorageError(400, f"Invalid value for uploadType: {kind!r}.", "uploadType")
        _complete(metadata, query, request)
        sums = await _sums(body)
        made = await self._backend.write(lambda files: files.objects.insert(bucket, metadata, body, query, sums))
        return JSONResponse(linked(made, request))

    async def _begin(self, request: Request, bucket: str, query: dict[str, str]) -> Response:
        metadata = dict(msgspec.json.decode(await request.body() or b"{}", type=dict[str, Any]))
        if "x-upload-content-type" in request.headers:
            metadata.setdefault("contentType", request.headers["x-upload-content-type"])
        _complete(metadata, query, request)

        def begin(files: Files) -> str:
            files.objects.buckets.get(bucket)
            return files.uploads.begin(bucket, metadata, query)

        upload = await self._backend.write(begin)
        place = f"{request.base_url}upload/storage/v1/b/{bucket}/o?uploadType=resumable&upload_id={upload}"
        return Response(status_code=200, headers={"location": place, "x-guploader-uploadid": upload})

    async def _piece(self, request: Request, upload: str) -> Response:
        if request.method == "DELETE":
            await self._backend.write(lambda files: files.uploads.cancel(upload))
            return Response(status_code=499)
        piece = Piece.of(request.headers.get("content-range", ""), await request.body())
        sent = _sent(request)
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
    metadata.update(_sent(request))


def _sent(request: Request) -> dict[str, str]:
    """The checksums in a request's headers, by the names that they have in an object."""
    names = {"crc32c": "crc32c", "md5": "md5Hash"}
    pairs = (entry.strip().partition("=") for entry in request.headers.get("x-goog-hash", "").split(","))
    return {names[name]: value for name, _, value in pairs if name in names}


async def _sums(data: bytes) -> dict[str, str]:
    if len(data) > MAX_OBJECT_BYTES:
        raise StorageError(413, f"An object has at most {MAX_OBJECT_BYTES} bytes here.")
    return await asyncio.to_thread(checksums, data) if len(data) > _LARGE_BYTES else checksums(data)
