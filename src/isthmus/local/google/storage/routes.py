"""The routes of Cloud Storage's JSON API."""

from __future__ import annotations

import base64
import logging
import sqlite3
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import msgspec
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from isthmus.adapters.calls import Calls
from isthmus.local.google.storage.backend import Backend, Files
from isthmus.local.google.storage.common import Json
from isthmus.local.google.storage.errors import StorageError, not_implemented
from isthmus.local.google.storage.objectcalls import ObjectCalls
from isthmus.local.google.storage.uploadcalls import UploadCalls
from isthmus.local.google.storage.web import linked, parameters

MAX_PAGE = 1000
Handler = Callable[[Request], Awaitable[Response]]
_ALL = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]
_log = logging.getLogger("isthmus.local.google")


class StorageApi:
    """Answers the calls.

    Args:
        data_dir: Where `storage.sqlite` is kept.
        calls: Where calls are counted, as `storage.<resource>.<method>`.
        usable: Whether a version of a key of Cloud KMS can be used now.
    """

    def __init__(self, data_dir: Path, calls: Calls, usable: Callable[[str], bool]) -> None:
        self._backend = Backend(data_dir / "storage.sqlite", usable)
        self._calls = calls
        self._objects = ObjectCalls(self._backend, calls)
        self._uploads = UploadCalls(self._backend, calls)

    def close(self) -> None:
        """Writes what waits and closes the file."""
        self._backend.close()

    def routes(self) -> list[BaseRoute]:
        """All routes, the busiest first; whatever else is asked for is answered 501 by name."""
        bucket = "/storage/v1/b/{bucket}"
        table: list[tuple[str, list[str], Handler]] = [
            ("/upload/storage/v1/b/{bucket}/o", ["POST", "PUT", "DELETE"], self._uploads.call),
            (f"{bucket}/o", ["GET"], self._objects.list),
            (f"{bucket}/o/{{rest:path}}", ["GET", "POST", "PUT", "PATCH", "DELETE"], self._objects.call),
            ("/download/storage/v1/b/{bucket}/o/{rest:path}", ["GET"], self._objects.download),
            (bucket, ["GET"], self._get),
            (bucket, ["PATCH", "PUT"], self._change),
            (bucket, ["DELETE"], self._delete),
            ("/storage/v1/b", ["GET"], self._list),
            ("/storage/v1/b", ["POST"], self._create),
            (f"{bucket}/iam", ["GET"], self._get_policy),
            (f"{bucket}/iam", ["PUT"], self._set_policy),
            (f"{bucket}/iam/testPermissions", ["GET"], self._test_policy),
            (f"{bucket}/lockRetentionPolicy", ["POST"], self._lock),
            ("/storage/v1/projects/{project}/serviceAccount", ["GET"], self._account),
        ]
        known = [Route(path, _answered(handle), methods=methods) for path, methods, handle in table]
        roots = ("/storage", "/upload", "/download", "/batch", "/v1", "/v2")
        unknown = [Route(f"{root}/{{rest:path}}", _answered(_unknown), methods=_ALL) for root in roots]
        plain = Route("/{bucket}/{rest:path}", _answered(self._objects.plain), methods=["GET", "HEAD"])
        return [*known, *unknown, plain]

    async def _list(self, request: Request) -> Response:
        self._calls.add("storage.buckets.list")
        query = parameters(request)
        limit = min(int(query.get("maxResults") or MAX_PAGE), MAX_PAGE)
        after = base64.urlsafe_b64decode(query.get("pageToken", "")).decode()
        found = await self._backend.read(
            lambda files: files.objects.buckets.list(query.get("prefix", ""), after, limit + 1)
        )
        page: Json = {"kind": "storage#buckets", "items": [linked(body, request) for body in found[:limit]]}
        if len(found) > limit:
            page["nextPageToken"] = base64.urlsafe_b64encode(found[limit - 1]["name"].encode()).decode()
        return JSONResponse(page)

    async def _create(self, request: Request) -> Response:
        wanted = await _json(request)
        return await self._written(request, "insert", lambda files: files.objects.buckets.create(wanted))

    async def _get(self, request: Request) -> Response:
        self._calls.add("storage.buckets.get")
        name, query = request.path_params["bucket"], parameters(request)
        return JSONResponse(linked(await self._backend.read(lambda f: f.objects.buckets.get(name, query)), request))

    async def _change(self, request: Request) -> Response:
        name, changes, query = request.path_params["bucket"], await _json(request), parameters(request)
        replace = request.method == "PUT"
        return await self._written(
            request,
            "update" if replace else "patch",
            lambda files: files.objects.buckets.change(name, changes, query, replace=replace),
        )

    async def _lock(self, request: Request) -> Response:
        name, query = request.path_params["bucket"], parameters(request)
        return await self._written(
            request, "lockRetentionPolicy", lambda files: files.objects.buckets.lock_retention(name, query)
        )

    async def _delete(self, request: Request) -> Response:
        self._calls.add("storage.buckets.delete")
        name, query = request.path_params["bucket"], parameters(request)
        await self._backend.write(lambda files: files.objects.buckets.delete(name, query))
        return Response(status_code=204)

    async def _get_policy(self, request: Request) -> Response:
        self._calls.add("storage.buckets.getIamPolicy")
        name = request.path_params["bucket"]
        return JSONResponse(await self._backend.read(lambda files: files.objects.buckets.policy(name)))

    async def _set_policy(self, request: Request) -> Response:
        self._calls.add("storage.buckets.setIamPolicy")
        name, policy = request.path_params["bucket"], await _json(request)
        return JSONResponse(await self._backend.write(lambda files: files.objects.buckets.set_policy(name, policy)))

    async def _test_policy(self, request: Request) -> Response:
        self._calls.add("storage.buckets.testIamPermissions")
        name = request.path_params["bucket"]
        await self._backend.read(lambda files: files.objects.buckets.get(name))
        permissions = request.query_params.getlist("permissions")
        return JSONResponse({"kind": "storage#testIamPermissionsResponse", "permissions": permissions})

    async def _account(self, request: Request) -> Response:
        self._calls.add("storage.projects.serviceAccount.get")
        email = "service-000000000000@gs-project-accounts.iam.gserviceaccount.com"
        return JSONResponse({"kind": "storage#serviceAccount", "email_address": email})

    async def _written(self, request: Request, method: str, work: Callable[[Files], Json]) -> Response:
        self._calls.add(f"storage.buckets.{method}")
        return JSONResponse(linked(await self._backend.write(work), request))


def _answered(handle: Handler) -> Handler:
    """A handler whose every failure is Google's JSON, whatever it is."""

    async def call(request: Request) -> Response:
        try:
            return await handle(request)
        except StorageError as error:
            return error.response()
        except sqlite3.Error as error:
            message = f"It could not be kept, and nothing of it was: {error}. Is the disk full?"
            return StorageError(503, message).response()
        except (msgspec.DecodeError, ValueError) as error:
            return StorageError(400, f"The request can't be read: {error}").response()
        except ClientDisconnect:
            return Response(status_code=499)
        except Exception as error:
            _log.exception("%s %s failed", request.method, request.url.path)
            return StorageError(500, f"{type(error).__name__}: {error}").response()

    return call


async def _unknown(request: Request) -> Response:
    _log.warning("%s %s was called and is not implemented", request.method, request.url.path)
    raise not_implemented(f"{request.method} {request.url.path}")


async def _json(request: Request) -> Json:
    return dict(msgspec.json.decode(await request.body() or b"{}", type=dict[str, Any]))
