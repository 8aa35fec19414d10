"""The calls on objects: read, list, change, delete, copy, rewrite, compose."""

from __future__ import annotations

import base64
from typing import Any
from urllib.parse import unquote

import msgspec
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from isthmus.adapters.calls import Calls
from isthmus.local.google.storage import media
from isthmus.local.google.storage.backend import Backend, Files
from isthmus.local.google.storage.common import Json
from isthmus.local.google.storage.errors import StorageError, not_implemented
from isthmus.local.google.storage.web import linked, object_path, parameters

MAX_PAGE = 1000
_METHODS = {"GET": "get", "PUT": "update", "PATCH": "patch", "DELETE": "delete"}
_UNKNOWN_LISTINGS = ("softDeleted", "matchGlob", "filter")


class ObjectCalls:
    """Answers the calls.

    Args:
        backend: The state.
        calls: Where calls are counted.
    """

    def __init__(self, backend: Backend, calls: Calls) -> None:
        self._backend = backend
        self._calls = calls

    async def list(self, request: Request) -> Response:
        """objects.list"""
        self._calls.add("storage.objects.list")
        query, bucket = parameters(request), request.path_params["bucket"]
        for name in _UNKNOWN_LISTINGS:
            # Google's Go client sends those that it doesn't use as empty.
            if query.get(name, "").lower() not in ("", "false"):
                raise not_implemented(f"A listing with {name}")
        limit = min(int(query.get("maxResults") or MAX_PAGE), MAX_PAGE)
        if limit < 1:
            raise StorageError(400, f"Invalid value '{limit}' for maxResults.", "maxResults")
        after = _page(query.get("pageToken", ""))
        items, prefixes, more = await self._backend.read(lambda f: f.objects.list(bucket, query, after, limit))
        page: Json = {"kind": "storage#objects"}
        if prefixes:
            page["prefixes"] = prefixes
        if items:
            page["items"] = [linked(meta, request) for meta in items]
        if more:
            page["nextPageToken"] = base64.urlsafe_b64encode(f"{more[1]}/{more[0]}".encode()).decode()
        return JSONResponse(page)

    async def call(self, request: Request) -> Response:
        """Everything below one object's name."""
        bucket, query = request.path_params["bucket"], parameters(request)
        name, rest = object_path(request, f"/storage/v1/b/{bucket}/o/")
        if rest:
            return await self._below(request, (bucket, name), rest, query)
        if request.method not in _METHODS:
            raise not_implemented(f"{request.method} {request.url.path}")
        self._calls.add(f"storage.objects.{_METHODS[request.method]}")
        if request.method == "GET":
            if query.get("alt") == "media":
                return await self._content(request, bucket, name, query)
            return JSONResponse(linked(await self._backend.read(lambda f: f.objects.get(bucket, name, query)), request))
        if request.method == "DELETE":
            await self._backend.write(lambda f: f.objects.delete(bucket, name, query))
            return Response(status_code=204)
        changes, replace = await _json(request), request.method == "PUT"
        work = lambda files: files.objects.patch(bucket, name, changes, query, replace=replace)  # noqa: E731
        return JSONResponse(linked(await self._backend.write(work), request))

    async def download(self, request: Request) -> Response:
        """objects.get with alt=media, below `/download`."""
        self._calls.add("storage.objects.get")
        bucket = request.path_params["bucket"]
        name, _ = object_path(request, f"/storage/v1/b/{bucket}/o/")
        return await self._content(request, bucket, name, parameters(request))

    async def plain(self, request: Request) -> Response:
        """`/BUCKET/OBJECT`: the XML API's read, which Google's Go client uses, and with it Terraform's backend."""
        self._calls.add("storage.objects.get")
        bucket, query = request.path_params["bucket"], parameters(request)
        conditions = {
            f"if{kind}": request.headers[f"x-goog-if-{header}"]
            for kind, header in (
                ("GenerationMatch", "generation-match"),
                ("MetagenerationMatch", "metageneration-match"),
            )
            if f"x-goog-if-{header}" in request.headers
        }
        name = unquote(request.scope.get("raw_path", b"").decode("latin-1")[len(bucket) + 2 :])
        try:
            return await self._content(request, bucket, name, query | conditions)
        except StorageError as error:
            return _xml_error(error)

    async def _content(self, request: Request, bucket: str, name: str, query: dict[str, str]) -> Response:
        asked = request.headers.get("range", "")

        def read(files: Files) -> tuple[Json, bytes, tuple[int, int] | None]:
            meta = files.objects.get(bucket, name, query)
            part = media.span(meta, asked)
            if request.method == "HEAD":
                return meta, b"", None
            return meta, files.objects.data(meta, *(part or ())), part

        meta, data, part = await self._backend.read(read)
        answer = media.response(meta, data, part, request.headers)
        if request.method == "HEAD":
            answer.headers["content-length"] = meta["size"]
        return answer

    async def _below(self, request: Request, source: tuple[str, str], rest: str, query: dict[str, str]) -> Response:
        verb, _, place = rest.partition("/")
        body = await _json(request)
        if request.method == "POST" and verb == "compose" and not place:
            self._calls.add("storage.objects.compose")
            made = await self._backend.write(lambda f: f.objects.compose(*source, body, query))
            return JSONResponse(linked(made, request))
        marks = place.split("/", 3)
        if request.method != "POST" or verb not in ("copyTo", "rewriteTo") or len(marks) != 4:
            raise not_implemented(f"{request.method} {request.url.path}")
        self._calls.add(f"storage.objects.{'copy' if verb == 'copyTo' else 'rewrite'}")
        target = (unquote(marks[1]), unquote(marks[3]))
        made = linked(await self._backend.write(lambda f: f.objects.copy(source, target, body, query)), request)
        if verb == "copyTo":
            return JSONResponse(made)
        sizes = {"totalBytesRewritten": made["size"], "objectSize": made["size"]}
        return JSONResponse({"kind": "storage#rewriteResponse", **sizes, "done": True, "resource": made})


async def _json(request: Request) -> Json:
    return dict(msgspec.json.decode(await request.body() or b"{}", type=dict[str, Any]))


def _page(token: str) -> tuple[str, int]:
    if not token:
        return "", -1
    generation, _, name = base64.urlsafe_b64decode(token).decode().partition("/")
    return name, int(generation)


def _xml_error(error: StorageError) -> Response:
    codes = {
        404: "NoSuchKey" if error.message.startswith("No such object") else "NoSuchBucket",
        412: "PreconditionFailed",
    }
    code = codes.get(error.status, "InvalidArgument")
    body = f"<?xml version='1.0' encoding='UTF-8'?><Error><Code>{code}</Code><Message>{code}</Message></Error>"
    return Response(body, error.status, media_type="application/xml")
