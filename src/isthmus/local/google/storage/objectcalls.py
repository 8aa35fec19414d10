"""The calls on objects: read, list, change, delete, copy, rewrite, compose."""

from __future__ import annotations

import base64
from urllib.parse import quote, unquote

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from isthmus.local.google.storage import acls, media
from isthmus.local.google.storage.answers import Broken, json_of
from isthmus.local.google.storage.backend import Backend, Files
from isthmus.local.google.storage.common import Json
from isthmus.local.google.storage.encryption import without_sums
from isthmus.local.google.storage.errors import StorageError, not_implemented
from isthmus.local.google.storage.gate import Gate
from isthmus.local.google.storage.web import linked, object_path, parameters

MAX_PAGE = 1000
_METHODS = {"GET": "get", "PUT": "update", "PATCH": "patch", "DELETE": "delete"}
_UNKNOWN_LISTINGS = ("filter",)
REWRITE_BYTES = 64 * 1024 * 1024
"""What one call of a rewrite copies, unless the caller wants less. Google promises no figure."""

_MIB = 1024 * 1024


class ObjectCalls:
    """Answers the calls.

    Args:
        backend: The state.
        gate: What every call goes through.
    """

    def __init__(self, backend: Backend, gate: Gate) -> None:
        self._backend, self._gate = backend, gate

    async def list(self, request: Request) -> Response:
        """objects.list"""
        query, bucket = parameters(request), request.path_params["bucket"]
        await self._gate.enter(request, "storage.objects.list", bucket)
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
        if request.method == "GET" and query.get("alt") == "media":
            return await self.content(request, bucket, name, query)
        await self._gate.enter(request, f"storage.objects.{_METHODS[request.method]}", bucket)
        if request.method == "GET":
            found = await self._backend.read(lambda f: f.objects.get(bucket, name, query))
            return JSONResponse(linked(without_sums(found, query), request))
        if request.method == "DELETE":
            await self._backend.write(lambda f: f.objects.delete(bucket, name, query))
            return Response(status_code=204)
        changes, replace = await json_of(request), request.method == "PUT"

        def patch(files: Files) -> Json:
            wanted = changes | _predefined(files, bucket, query)
            return files.objects.patch(bucket, name, wanted, query, replace=replace)

        return JSONResponse(linked(await self._backend.write(patch), request))

    async def download(self, request: Request) -> Response:
        """objects.get with alt=media, below `/download`."""
        bucket = request.path_params["bucket"]
        name, _ = object_path(request, f"/storage/v1/b/{bucket}/o/")
        return await self.content(request, bucket, name, parameters(request))

    async def content(self, request: Request, bucket: str, name: str, query: dict[str, str]) -> Response:
        """The content of an object, or a part of it."""
        fault = await self._gate.enter(request, "storage.objects.get", bucket)
        asked = request.headers.get("range", "")

        def read(files: Files) -> tuple[Json, bytes, tuple[int, int] | None]:
            meta = files.objects.readable(files.objects.get(bucket, name, query), query)
            part = media.span(meta, asked)
            if request.method == "HEAD":
                return meta, b"", None
            return meta, files.objects.generations.data(meta, *(part or ())), part

        meta, data, part = await self._backend.read(read)
        answer = media.response(meta, data, part, request.headers)
        if request.method == "HEAD":
            answer.headers["content-length"] = meta["size"]
        return Broken(answer, request, fault.after_bytes or 0) if fault is not None else answer

    async def _below(self, request: Request, source: tuple[str, str], rest: str, query: dict[str, str]) -> Response:
        verb, _, place = rest.partition("/")
        body = await json_of(request)
        if request.method == "POST" and verb in ("compose", "restore") and not place:
            await self._gate.enter(request, f"storage.objects.{verb}", source[0])
            if verb == "restore":
                made = await self._backend.write(lambda f: f.objects.restore(*source, query))
            else:
                made = await self._backend.write(lambda f: f.objects.compose(*source, body, query))
            return JSONResponse(linked(made, request))
        marks = place.split("/", 3)
        if request.method == "POST" and verb == "moveTo" and marks[0] == "o" and len(marks) == 2:
            await self._gate.enter(request, "storage.objects.move", source[0])
            made = await self._backend.write(lambda f: f.objects.move(*source, unquote(marks[1]), query))
            return JSONResponse(linked(made, request))
        if request.method != "POST" or verb not in ("copyTo", "rewriteTo") or len(marks) != 4:
            raise not_implemented(f"{request.method} {request.url.path}")
        target = (unquote(marks[1]), unquote(marks[3]))
        await self._gate.enter(request, f"storage.objects.{'copy' if verb == 'copyTo' else 'rewrite'}", source[0])
        await self._gate.require(request, "storage.objects.create", target[0])
        if verb == "rewriteTo":
            return await self._rewrite(request, source, target, body, query)
        made = await self._backend.write(lambda f: f.objects.copy(source, target, body, query))
        return JSONResponse(linked(made, request))

    async def _rewrite(
        self, request: Request, source: tuple[str, str], target: tuple[str, str], body: Json, query: dict[str, str]
    ) -> Response:
        """Copies in steps where the object is large: each call but the last gives a token to go on with."""
        step = int(query.get("maxBytesRewrittenPerCall") or REWRITE_BYTES)
        if step % _MIB or step <= 0:
            raise StorageError(400, "maxBytesRewrittenPerCall must be a multiple of 1 MiB.", "maxBytesRewrittenPerCall")

        def rewrite(files: Files) -> tuple[int, int, str, Json | None]:
            meta = files.objects.get(*source, query, source=True)
            begun = _begun(query.get("rewriteToken", ""), meta, target)
            done, size = min(int(meta["size"]), begun + step), int(meta["size"])
            if done < size:
                return done, size, _token(meta, target, done), None
            return done, size, "", files.objects.copy(source, target, body, query)

        done, size, token, made = await self._backend.write(rewrite)
        answer: Json = {"kind": "storage#rewriteResponse", "totalBytesRewritten": str(done), "objectSize": str(size)}
        if made is None:
            return JSONResponse(answer | {"done": False, "rewriteToken": token})
        return JSONResponse(answer | {"done": True, "resource": linked(made, request)})


def _predefined(files: Files, bucket: str, query: dict[str, str]) -> Json:
    """The list that a predefined one stands for, where the call names one."""
    if not query.get("predefinedAcl"):
        return {}
    settings = files.objects.buckets.get(bucket)
    acls.refuse_if_uniform(settings, "use ACL API to update object policy")
    return {"acl": acls.predefined(settings, query["predefinedAcl"], "acl")}


def _token(meta: Json, target: tuple[str, str], done: int) -> str:
    """How far the copy of one generation to one place is; a rewrite with another of either begins anew."""
    text = "/".join([meta["generation"], str(done), quote(target[0], safe=""), quote(target[1], safe="")])
    return base64.urlsafe_b64encode(text.encode()).decode()


def _begun(token: str, meta: Json, target: tuple[str, str]) -> int:
    if not token:
        return 0
    try:
        done = int(base64.urlsafe_b64decode(token).decode().split("/")[1])
    except (ValueError, IndexError):
        raise StorageError(400, "The rewrite token can't be read.", "rewriteToken") from None
    if token != _token(meta, target, done):
        raise StorageError(400, "The rewrite token is not of this source and destination.", "rewriteToken")
    return done


def _page(token: str) -> tuple[str, int]:
    if not token:
        return "", -1
    try:
        generation, _, name = base64.urlsafe_b64decode(token).decode().partition("/")
        return name, int(generation)
    except ValueError:
        raise StorageError(400, f"Invalid value '{token}' for pageToken.", "pageToken") from None
