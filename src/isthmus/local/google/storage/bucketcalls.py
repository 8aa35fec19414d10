"""The calls on buckets: themselves, their policies, their notifications."""

from __future__ import annotations

import base64
import builtins
from collections.abc import Callable, Container
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from isthmus.local.google.storage import acls
from isthmus.local.google.storage.answers import json_of
from isthmus.local.google.storage.backend import Backend, Files
from isthmus.local.google.storage.common import Json, is_true
from isthmus.local.google.storage.errors import StorageError
from isthmus.local.google.storage.gate import Gate
from isthmus.local.google.storage.notifications import topic_of
from isthmus.local.google.storage.web import linked, parameters

MAX_PAGE = 1000


class BucketCalls:
    """Answers the calls.

    Args:
        backend: The state.
        gate: What every call goes through.
        projects: The projects that there are.
        has_topic: Whether there is a topic of a name.
    """

    def __init__(
        self, backend: Backend, gate: Gate, projects: Container[str], has_topic: Callable[[str], bool]
    ) -> None:
        self._backend, self._gate, self._projects, self._has_topic = backend, gate, projects, has_topic

    async def list(self, request: Request) -> Response:
        """buckets.list"""
        await self._gate.enter(request, "storage.buckets.list")
        query = parameters(request)
        self._check_project(query.get("project", ""))
        limit = min(int(query.get("maxResults") or MAX_PAGE), MAX_PAGE)
        after = base64.urlsafe_b64decode(query.get("pageToken", "")).decode()
        deleted, prefix = is_true(query, "softDeleted"), query.get("prefix", "")

        def named(files: Files) -> builtins.list[Json]:
            buckets = files.objects.buckets
            return (buckets.deleted if deleted else buckets).named(prefix, after, limit + 1)

        found = await self._backend.read(named)
        page: Json = {"kind": "storage#buckets", "items": [_shown(body, query, request) for body in found[:limit]]}
        if len(found) > limit:
            last = found[limit - 1]
            place = f"{last['name']}/{last['generation']}" if deleted else last["name"]
            page["nextPageToken"] = base64.urlsafe_b64encode(place.encode()).decode()
        return JSONResponse(page)

    async def create(self, request: Request) -> Response:
        """buckets.insert"""
        await self._gate.enter(request, "storage.buckets.insert")
        wanted, query = await json_of(request), parameters(request)
        self._check_project(query.get("project", ""))

        def create(files: Files) -> Json:
            body = files.objects.buckets.create(wanted, query)
            return _with_lists(files, body, query)

        return JSONResponse(_shown(await self._backend.write(create), query, request))

    async def get(self, request: Request) -> Response:
        """buckets.get"""
        name, query = request.path_params["bucket"], parameters(request)
        await self._gate.enter(request, "storage.buckets.get", name)

        def get(files: Files) -> Json:
            if is_true(query, "softDeleted"):
                return files.objects.buckets.deleted.get(name, query.get("generation", ""))
            return files.objects.buckets.get(name, query)

        return JSONResponse(_shown(await self._backend.read(get), query, request))

    async def restore(self, request: Request) -> Response:
        """buckets.restore"""
        name, query = request.path_params["bucket"], parameters(request)
        await self._gate.enter(request, "storage.buckets.restore")
        generation = query.get("generation", "")
        body = await self._backend.write(lambda files: files.objects.buckets.deleted.restore(name, generation))
        return JSONResponse(_shown(body, query, request))

    async def change(self, request: Request) -> Response:
        """buckets.patch and buckets.update"""
        name, query = request.path_params["bucket"], parameters(request)
        replace = request.method == "PUT"
        await self._gate.enter(request, f"storage.buckets.{'update' if replace else 'patch'}", name)
        changes = await json_of(request)

        def change(files: Files) -> Json:
            body = files.objects.buckets.change(name, changes, query, replace=replace)
            return _with_lists(files, body, query)

        return JSONResponse(_shown(await self._backend.write(change), query, request))

    async def lock(self, request: Request) -> Response:
        """buckets.lockRetentionPolicy"""
        name, query = request.path_params["bucket"], parameters(request)
        await self._gate.enter(request, "storage.buckets.lockRetentionPolicy", name)
        if "ifMetagenerationMatch" not in query:
            raise StorageError(400, "Required parameter: ifMetagenerationMatch", reason="required")
        body = await self._backend.write(lambda files: files.objects.buckets.lock_retention(name, query))
        return JSONResponse(_shown(body, query, request))

    async def delete(self, request: Request) -> Response:
        """buckets.delete"""
        name, query = request.path_params["bucket"], parameters(request)
        await self._gate.enter(request, "storage.buckets.delete", name)

        def delete(files: Files) -> None:
            files.objects.buckets.delete(name, query)
            files.objects.notifications.forget(name)

        await self._backend.write(delete)
        return Response(status_code=204)

    async def policy(self, request: Request) -> Response:
        """buckets.getIamPolicy and buckets.setIamPolicy"""
        name, setting = request.path_params["bucket"], request.method == "PUT"
        await self._gate.enter(request, f"storage.buckets.{'set' if setting else 'get'}IamPolicy", name)
        if not setting:
            return JSONResponse(await self._backend.read(lambda files: files.objects.buckets.policy(name)))
        policy = await json_of(request)
        return JSONResponse(await self._backend.write(lambda files: files.objects.buckets.set_policy(name, policy)))

    async def test_policy(self, request: Request) -> Response:
        """buckets.testIamPermissions"""
        name = request.path_params["bucket"]
        await self._gate.enter(request, "storage.buckets.testIamPermissions", name)
        await self._backend.read(lambda files: files.objects.buckets.get(name))
        permissions = []
        for permission in request.query_params.getlist("permissions"):
            try:
                await self._gate.require(request, permission, name)
                permissions.append(permission)
            except StorageError:
                continue
        return JSONResponse({"kind": "storage#testIamPermissionsResponse", "permissions": permissions})

    async def notifications(self, request: Request) -> Response:
        """notifications.list and notifications.insert"""
        name, making = request.path_params["bucket"], request.method == "POST"
        await self._gate.enter(request, f"storage.notifications.{'insert' if making else 'list'}", name)
        if not making:
            await self._backend.read(lambda files: files.objects.buckets.get(name))
            found = await self._backend.read(lambda files: files.objects.notifications.of_bucket(name))
            return JSONResponse({"kind": "storage#notifications", "items": found})
        wanted = await json_of(request)
        if not self._has_topic(topic_of(wanted)):
            raise StorageError(404, f"Cloud Pub/Sub topic {topic_of(wanted)} not found.", "topic")

        def create(files: Files) -> Json:
            files.objects.buckets.get(name)
            return files.objects.notifications.create(name, wanted)

        return JSONResponse(await self._backend.write(create))

    async def notification(self, request: Request) -> Response:
        """notifications.get and notifications.delete"""
        name, number = request.path_params["bucket"], request.path_params["number"]
        if request.method == "GET":
            await self._gate.enter(request, "storage.notifications.get", name)
            return JSONResponse(await self._backend.read(lambda f: f.objects.notifications.get(name, number)))
        await self._gate.enter(request, "storage.notifications.delete", name)
        await self._backend.write(lambda files: files.objects.notifications.delete(name, number))
        return Response(status_code=204)

    async def account(self, request: Request) -> Response:
        """projects.serviceAccount.get"""
        await self._gate.enter(request, "storage.projects.serviceAccount.get")
        self._check_project(request.path_params["project"])
        email = "service-000000000000@gs-project-accounts.iam.gserviceaccount.com"
        return JSONResponse({"kind": "storage#serviceAccount", "email_address": email})

    def _check_project(self, project: str) -> None:
        """Refuses a project that isn't there; a call may leave it out."""
        if project and project not in self._projects:
            raise StorageError(400, f"Unknown project id: {project}", reason="invalid")


def _with_lists(files: Files, body: Json, query: dict[str, str]) -> Json:
    """Keeps the lists that a bucket's predefined ones stand for."""
    wanted = {"acl": query.get("predefinedAcl"), "defaultObjectAcl": query.get("predefinedDefaultObjectAcl")}
    lists: dict[str, Any] = {field: acls.predefined(body, name, field) for field, name in wanted.items() if name}
    if not lists:
        return body
    acls.refuse_if_uniform(body, "use ACL API to update bucket policy")
    return files.objects.buckets.change(body["name"], lists, {}, replace=False)


def _shown(body: Json, query: dict[str, str], request: Request) -> Json:
    """A bucket; its access control lists only where the caller asks for all of it."""
    uniform = body["iamConfiguration"].get("uniformBucketLevelAccess", {}).get("enabled")
    if query.get("projection") == "full" and not uniform:
        lists = {
            "acl": _entries(body, "acl", "bucketAccessControls"),
            "defaultObjectAcl": _entries(body, "defaultObjectAcl", "defaultObjectAccessControls"),
        }
        return linked(body | lists, request)
    return linked({key: value for key, value in body.items() if key not in ("acl", "defaultObjectAcl")}, request)


def _entries(body: Json, field: str, kind: str) -> list[Json]:
    return [acls.shown(kind, one, {"bucket": body["name"]}) for one in acls.entries(body, body, field)]
