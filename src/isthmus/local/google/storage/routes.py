"""The routes of Cloud Storage's JSON API."""

from __future__ import annotations

import asyncio
import base64
import re
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from isthmus.adapters.calls import Calls
from isthmus.local.google.storage.errors import StorageError
from isthmus.local.google.storage.store import Json, Storage
from isthmus.local.google.storage.uploads import Resumable, Uploads, add_piece, split_multipart

MAX_PAGE = 1000
Handler = Callable[[Request], Awaitable[Response]]


class StorageApi:
    """Answers the calls; the state is touched by one thread alone."""

    def __init__(self, storage: Storage, project: str, calls: Calls) -> None:
        self._storage = storage
        self._project = project
        self._calls = calls
        self._uploads = Uploads()
        self._thread = ThreadPoolExecutor(1, "isthmus-storage")

    def routes(self) -> list[BaseRoute]:
        """All routes, the more specific ones first; whatever else is asked for is answered 404 or 501 by name."""
        table: list[tuple[str, list[str], str, Handler]] = [
            ("/storage/v1/b", ["GET"], "buckets.list", self._list_buckets),
            ("/storage/v1/b", ["POST"], "buckets.insert", self._create_bucket),
            ("/storage/v1/b/{bucket}", ["GET"], "buckets.get", self._get_bucket),
            ("/storage/v1/b/{bucket}", ["PATCH", "PUT"], "buckets.patch", self._change_bucket),
            ("/storage/v1/b/{bucket}", ["DELETE"], "buckets.delete", self._delete_bucket),
            ("/storage/v1/b/{bucket}/iam", ["GET"], "buckets.getIamPolicy", self._get_policy),
            ("/storage/v1/b/{bucket}/iam", ["PUT"], "buckets.setIamPolicy", self._set_policy),
            ("/storage/v1/b/{bucket}/iam/testPermissions", ["GET"], "buckets.testIamPermissions", self._test_policy),
            ("/storage/v1/b/{bucket}/o", ["GET"], "objects.list", self._list_objects),
            ("/upload/storage/v1/b/{bucket}/o", ["POST", "PUT"], "objects.insert", self._upload),
            ("/storage/v1/b/{bucket}/o/{name:path}", ["GET"], "objects.get", self._get_object),
            ("/download/storage/v1/b/{bucket}/o/{name:path}", ["GET"], "objects.get", self._download),
            ("/storage/v1/b/{bucket}/o/{name:path}", ["PATCH", "PUT"], "objects.patch", self._patch_object),
            ("/storage/v1/b/{bucket}/o/{name:path}", ["DELETE"], "objects.delete", self._delete_object),
            ("/storage/v1/projects/{project}/serviceAccount", ["GET"], "projects.serviceAccount", self._account),
        ]
        known = [Route(path, self._guarded(name, handle), methods=methods) for path, methods, name, handle in table]
        unknown = [
            Route(f"{start}/{{rest:path}}", self._unknown, methods=["GET", "POST", "PUT", "PATCH", "DELETE"])
            for start in ("/storage", "/upload", "/download")
        ]
        return [*known, *unknown]

    def _guarded(self, name: str, handle: Handler) -> Handler:
        async def call(request: Request) -> Response:
            self._calls.add(f"storage.{name}")
            try:
                return await handle(request)
            except StorageError as error:
                return error.response()
            except (msgspec.DecodeError, ValueError) as error:
                return StorageError(400, f"The request can't be read: {error}").response()

        return call

    async def _do(self, method: Callable[..., Any], *values: Any, **named: Any) -> Any:
        return await asyncio.get_running_loop().run_in_executor(self._thread, lambda: method(*values, **named))

    async def _unknown(self, request: Request) -> Response:
        return StorageError(501, f"{request.method} {request.url.path} is not implemented here.").response()

    async def _list_buckets(self, request: Request) -> Response:
        found = await self._do(self._storage.buckets, request.query_params.get("prefix", ""))
        return JSONResponse({"kind": "storage#buckets", "items": found})

    async def _create_bucket(self, request: Request) -> Response:
        return JSONResponse(await self._do(self._storage.create_bucket, await _json(request)))

    async def _get_bucket(self, request: Request) -> Response:
        return JSONResponse(await self._do(self._storage.bucket, request.path_params["bucket"]))

    async def _change_bucket(self, request: Request) -> Response:
        changes, conditions = await _json(request), dict(request.query_params)
        name, replace = request.path_params["bucket"], request.method == "PUT"
        return JSONResponse(await self._do(self._storage.change_bucket, name, changes, conditions, replace=replace))

    async def _delete_bucket(self, request: Request) -> Response:
        await self._do(self._storage.delete_bucket, request.path_params["bucket"], dict(request.query_params))
        return Response(status_code=204)

    async def _get_policy(self, request: Request) -> Response:
        return JSONResponse(await self._do(self._storage.policy, request.path_params["bucket"]))

    async def _set_policy(self, request: Request) -> Response:
        policy = await _json(request)
        return JSONResponse(await self._do(self._storage.set_policy, request.path_params["bucket"], policy))

    async def _test_policy(self, request: Request) -> Response:
        await self._do(self._storage.bucket, request.path_params["bucket"])
        permissions = request.query_params.getlist("permissions")
        return JSONResponse({"kind": "storage#testIamPermissionsResponse", "permissions": permissions})

    async def _account(self, request: Request) -> Response:
        email = "service-000000000000@gs-project-accounts.iam.gserviceaccount.com"
        return JSONResponse({"kind": "storage#serviceAccount", "email_address": email})

    async def _list_objects(self, request: Request) -> Response:
        query = request.query_params
        bucket, prefix = request.path_params["bucket"], query.get("prefix", "")
        limit = min(int(query.get("maxResults", MAX_PAGE)), MAX_PAGE)
        after = _page(query.get("pageToken", "")) or (query.get("startOffset", ""), -1)
        versions = query.get("versions", "").lower() == "true"
        found = await self._do(self._storage.list, bucket, prefix, after, limit + 1, versions=versions)
        more, found = len(found) > limit, found[:limit]
        end = query.get("endOffset", "")
        page = _folded([meta for meta in found if not end or meta["name"] < end], prefix, query.get("delimiter", ""))
        if more:
            page["nextPageToken"] = _token(found[-1]["name"], int(found[-1]["generation"]))
        return JSONResponse({"kind": "storage#objects", **page})

    async def _get_object(self, request: Request) -> Response:
        if request.query_params.get("alt") == "media":
            return await self._download(request)
        return JSONResponse(await self._meta(request))

    async def _meta(self, request: Request) -> Json:
        query, path = request.query_params, request.path_params
        found: Json = await self._do(
            self._storage.object, path["bucket"], path["name"], dict(query), query.get("generation", "")
        )
        return found

    async def _download(self, request: Request) -> Response:
        meta = await self._meta(request)
        data = await self._do(self._storage.data, meta["bucket"], meta["name"], meta["generation"])
        headers = {
            "x-goog-hash": f"crc32c={meta['crc32c']},md5={meta['md5Hash']}",
            "x-goog-generation": meta["generation"],
            "x-goog-metageneration": meta["metageneration"],
            "x-goog-stored-content-length": meta["size"],
            "x-goog-stored-content-encoding": meta.get("contentEncoding", "identity"),
            "etag": meta["etag"],
        }
        if "contentEncoding" in meta:
            headers["content-encoding"] = meta["contentEncoding"]
        return _ranged(data, request.headers.get("range", ""), headers, meta["contentType"])

    async def _patch_object(self, request: Request) -> Response:
        path, changes, query = request.path_params, await _json(request), dict(request.query_params)
        return JSONResponse(await self._do(self._storage.patch, path["bucket"], path["name"], changes, query))

    async def _delete_object(self, request: Request) -> Response:
        path, query = request.path_params, dict(request.query_params)
        generation = query.get("generation", "")
        await self._do(self._storage.delete, path["bucket"], path["name"], query, generation)
        return Response(status_code=204)

    async def _upload(self, request: Request) -> Response:
        query = dict(request.query_params)
        if "upload_id" in query:
            return await self._piece(request, query["upload_id"])
        kind = query.get("uploadType", "")
        if kind == "resumable":
            return await self._begin_resumable(request, query)
        body, content_type = await request.body(), request.headers.get("content-type", "")
        if kind == "multipart":
            metadata, data_type, body = split_multipart(content_type, body)
            metadata.setdefault("contentType", data_type)
        elif kind == "media":
            metadata = {"contentType": content_type} if content_type else {}
        else:
            raise StorageError(400, f"The uploadType {kind!r} is not media, multipart or resumable.", "uploadType")
        metadata.setdefault("name", query.get("name", ""))
        return JSONResponse(await self._do(self._storage.insert, request.path_params["bucket"], metadata, body, query))

    async def _begin_resumable(self, request: Request, query: dict[str, str]) -> Response:
        metadata = await _json(request) if await request.body() else {}
        metadata.setdefault("name", query.get("name", ""))
        if "x-upload-content-type" in request.headers:
            metadata.setdefault("contentType", request.headers["x-upload-content-type"])
        bucket = request.path_params["bucket"]
        await self._do(self._storage.bucket, bucket)
        upload_id = self._uploads.begin(Resumable(bucket, metadata, query))
        place = f"{request.base_url}upload/storage/v1/b/{bucket}/o?uploadType=resumable&upload_id={upload_id}"
        return Response(status_code=200, headers={"location": place, "x-guploader-uploadid": upload_id})

    async def _piece(self, request: Request, upload_id: str) -> Response:
        upload = self._uploads.find(upload_id)
        if not add_piece(upload, request.headers.get("content-range", ""), await request.body()):
            range_ = {"range": f"bytes=0-{len(upload.data) - 1}"} if upload.data else {}
            return Response(status_code=308, headers=range_)
        stored = await self._do(
            self._storage.insert, upload.bucket, upload.metadata, bytes(upload.data), upload.conditions
        )
        self._uploads.end(upload_id)
        return JSONResponse(stored)


def routes(data_dir: Path, project: str, calls: Calls) -> list[BaseRoute]:
    """Makes the routes over the state in `data_dir`."""
    return StorageApi(Storage(data_dir / "storage.sqlite"), project, calls).routes()


async def _json(request: Request) -> Json:
    return dict(msgspec.json.decode(await request.body() or b"{}", type=dict[str, Any]))


def _folded(found: list[Json], prefix: str, delimiter: str) -> Json:
    """Names with the delimiter behind the prefix are folded into prefixes."""
    if not delimiter:
        return {"items": found} if found else {}
    items, prefixes = [], []
    for meta in found:
        head, separator, _ = meta["name"][len(prefix) :].partition(delimiter)
        if not separator:
            items.append(meta)
        elif prefix + head + delimiter not in prefixes:
            prefixes.append(prefix + head + delimiter)
    return ({"items": items} if items else {}) | ({"prefixes": prefixes} if prefixes else {})


def _token(name: str, generation: int) -> str:
    return base64.urlsafe_b64encode(f"{generation}/{name}".encode()).decode()


def _page(token: str) -> tuple[str, int] | None:
    if not token:
        return None
    generation, _, name = base64.urlsafe_b64decode(token).decode().partition("/")
    return name, int(generation)


def _ranged(data: bytes, wanted: str, headers: dict[str, str], content_type: str) -> Response:
    match = re.fullmatch(r"bytes=(\d*)-(\d*)", wanted)
    if not match or not (match[1] or match[2]):
        return Response(data, 200, headers, content_type)
    start = int(match[1]) if match[1] else max(0, len(data) - int(match[2]))
    end = min(int(match[2]), len(data) - 1) if match[1] and match[2] else len(data) - 1
    if start >= len(data):
        return StorageError(416, "The requested range cannot be satisfied.").response()
    headers = headers | {"content-range": f"bytes {start}-{end}/{len(data)}"}
    return Response(data[start : end + 1], 206, headers, content_type)
