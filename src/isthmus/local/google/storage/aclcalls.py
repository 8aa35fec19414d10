"""The calls on access control lists."""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from isthmus.local.google.storage.acls import Lists
from isthmus.local.google.storage.answers import json_of
from isthmus.local.google.storage.backend import Backend
from isthmus.local.google.storage.errors import StorageError, not_implemented
from isthmus.local.google.storage.gate import Gate
from isthmus.local.google.storage.web import object_path

_KINDS = {"acl": "bucketAccessControls", "defaultObjectAcl": "defaultObjectAccessControls"}
_VERBS = {"GET": "get", "PUT": "update", "PATCH": "patch", "DELETE": "delete"}


class AclCalls:
    """Answers the calls.

    Args:
        backend: The state.
        gate: What every call goes through.
    """

    def __init__(self, backend: Backend, gate: Gate) -> None:
        self._backend, self._gate = backend, gate

    async def all(self, request: Request) -> Response:
        """bucketAccessControls.list, defaultObjectAccessControls.insert and so on."""
        return await self._all(request, _kind(request), "")

    async def one(self, request: Request) -> Response:
        """bucketAccessControls.get and so on."""
        return await self._one(request, _kind(request), "", request.path_params["entity"])

    async def of_object(self, request: Request) -> Response | None:
        """objectAccessControls.list and so on; None for a path that isn't about them."""
        name, rest = object_path(request, f"/storage/v1/b/{request.path_params['bucket']}/o/")
        verb, _, entity = rest.partition("/")
        if verb != "acl":
            return None
        if entity:
            return await self._one(request, "objectAccessControls", name, unquote(entity))
        return await self._all(request, "objectAccessControls", name)

    async def _all(self, request: Request, kind: str, name: str) -> Response:
        bucket, making = request.path_params["bucket"], request.method == "POST"
        await self._gate.enter(request, f"storage.{kind}.{'insert' if making else 'list'}", bucket)
        if not making:
            items = await self._backend.read(lambda files: Lists(files.objects, bucket, name, kind).list())
            return JSONResponse({"kind": f"storage#{kind}", "items": items})
        wanted = await json_of(request)
        return await self._put(bucket, kind, name, str(wanted.get("entity", "")), wanted)

    async def _one(self, request: Request, kind: str, name: str, entity: str) -> Response:
        bucket = request.path_params["bucket"]
        if request.method not in _VERBS:
            raise not_implemented(f"{request.method} {request.url.path}")
        await self._gate.enter(request, f"storage.{kind}.{_VERBS[request.method]}", bucket)
        if request.method == "GET":
            found = await self._backend.read(lambda files: Lists(files.objects, bucket, name, kind).get(entity))
            return JSONResponse(found)
        if request.method == "DELETE":
            await self._backend.write(lambda files: Lists(files.objects, bucket, name, kind).put(entity, None))
            return Response(status_code=204)
        return await self._put(bucket, kind, name, entity, await json_of(request))

    async def _put(self, bucket: str, kind: str, name: str, entity: str, wanted: dict[str, Any]) -> Response:
        if not entity:
            raise StorageError(400, "Required parameter: entity", "entity", reason="required")
        role = str(wanted.get("role", ""))
        made = await self._backend.write(lambda files: Lists(files.objects, bucket, name, kind).put(entity, role))
        return JSONResponse(made)


def _kind(request: Request) -> str:
    if request.path_params["list"] not in _KINDS:
        raise not_implemented(f"{request.method} {request.url.path}")
    return _KINDS[request.path_params["list"]]
