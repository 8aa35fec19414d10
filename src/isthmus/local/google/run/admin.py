"""The Cloud Run admin API v2 over HTTP and JSON, as `google-cloud-run` speaks it with its REST transport."""

from __future__ import annotations

import datetime
import re
from collections.abc import Awaitable, Callable, Container
from dataclasses import replace
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from isthmus.local.google.permissions import no_project
from isthmus.local.google.run import policy, resource
from isthmus.local.google.run.errors import Refusal, invalid, not_found
from isthmus.local.google.run.operations import PATIENCE_SECONDS, Operations
from isthmus.local.google.run.store import Record, Store

Json = dict[str, Any]
_ID = re.compile(r"[a-z]([a-z0-9-]{0,47}[a-z0-9])?")
_PLACE = "/v2/projects/{project}/locations/{location}"
_DELETED_FOR = datetime.timedelta(days=30)


class AdminApi:
    """The handlers of the API.

    Args:
        store: What there is.
        operations: What changes it.
        project: The project id, for defaults.
        projects: The projects that there are; None for any.
    """

    def __init__(
        self, store: Store, operations: Operations, project: str, projects: Container[str] | None = None
    ) -> None:
        self._store = store
        self._operations = operations
        self._project, self._projects = project, projects

    def routes(self) -> list[BaseRoute]:
        """All routes."""
        services, operations = f"{_PLACE}/services", f"{_PLACE}/operations"
        one = f"{services}/{{service}}"
        return [
            Route(services, self._let_in(self._create), methods=["POST"]),
            Route(services, self._let_in(self._list), methods=["GET"]),
            Route(f"{one}:getIamPolicy", self._let_in(self._get_policy), methods=["GET"]),
            Route(f"{one}:setIamPolicy", self._let_in(self._set_policy), methods=["POST"]),
            Route(f"{one}:testIamPermissions", self._let_in(self._test_permissions), methods=["POST"]),
            Route(one, self._let_in(self._get), methods=["GET"]),
            Route(one, self._let_in(self._update), methods=["PATCH"]),
            Route(one, self._let_in(self._delete), methods=["DELETE"]),
            Route(operations, self._let_in(self._list_operations), methods=["GET"]),
            Route(f"{operations}/{{operation}}:wait", self._let_in(self._wait), methods=["POST"]),
            Route(f"{operations}/{{operation}}", self._let_in(self._operation), methods=["GET"]),
        ]

    def _let_in(self, handler: Callable[[Request], Awaitable[Json]]) -> Callable[[Request], Awaitable[Response]]:
        async def handle(request: Request) -> Json:
            project = request.path_params["project"]
            if self._projects is not None and project not in ("-", "_") and project not in self._projects:
                raise Refusal("PERMISSION_DENIED", no_project(project))
            return await handler(request)

        return _json(handle)

    async def _create(self, request: Request) -> Json:
        service = request.query_params.get("serviceId", "")
        if not _ID.fullmatch(service):
            why = "must use only lowercase letters, digits and hyphens, begin with a letter and have at most 49."
            raise invalid("CreateServiceRequest.service_id", why)
        name, given = f"{_place(request)}/services/{service}", await _body(request)

        def begin() -> Record:
            if name in self._store.services:
                raise Refusal("ALREADY_EXISTS", f"Resource '{service}' already exists.")
            return Record(resource.created(name, given, self._project))

        return await self._change(request, name, begin)

    async def _update(self, request: Request) -> Json:
        name, given = _name(request), await _body(request)
        mask = [_camel(path) for path in request.query_params.get("updateMask", "").split(",") if path]

        def begin() -> Record:
            if name not in self._store.services and request.query_params.get("allowMissing") == "true":
                return Record(resource.created(name, given, self._project))
            record = self._record(request)
            return replace(record, body=resource.changed(record.body, given, mask, self._project))

        return await self._change(request, name, begin)

    async def _delete(self, request: Request) -> Json:
        def begin() -> Record:
            record = self._record(request)
            resource.check_etag(record.body, request.query_params.get("etag", ""))
            expires = datetime.datetime.now(datetime.UTC) + _DELETED_FOR
            times = {"deleteTime": resource.timestamp(), "expireTime": expires.strftime("%Y-%m-%dT%H:%M:%S.%fZ")}
            return replace(record, body={**record.body, **times})

        return await self._change(request, _name(request), begin)

    async def _change(self, request: Request, name: str, begin: Callable[[], Record]) -> Json:
        if request.query_params.get("validateOnly") == "true":
            return {"name": f"{_place(request)}/operations/validated", "done": True, "response": _typed(begin().body)}
        return await self._operations.change(name, begin)

    async def _get(self, request: Request) -> Json:
        return self._record(request).body

    async def _list(self, request: Request) -> Json:
        place = re.escape(_place(request)).replace("/locations/\\-", "/locations/[^/]+")
        names = sorted(name for name in self._store.services if re.fullmatch(f"{place}/services/[^/]+", name))
        names = [name for name in names if name > request.query_params.get("pageToken", "")]
        size = int(request.query_params.get("pageSize") or 100) or 100
        page: Json = {"services": [self._store.services[name].body for name in names[:size]]}
        return {**page, "nextPageToken": names[size - 1]} if len(names) > size else page

    async def _get_policy(self, request: Request) -> Json:
        return policy.read(self._record(request).policy)

    async def _set_policy(self, request: Request) -> Json:
        record, given = self._record(request), await _body(request)
        record.policy = policy.changed(record.policy, given.get("policy", {}))
        await self._store.save(record)
        return record.policy

    async def _test_permissions(self, request: Request) -> Json:
        self._record(request)
        return {"permissions": (await _body(request)).get("permissions", [])}

    async def _list_operations(self, request: Request) -> Json:
        place = f"{_place(request)}/operations/"
        return {"operations": [body for name, body in self._store.operations.items() if name.startswith(place)]}

    async def _operation(self, request: Request) -> Json:
        return self._store.operations[self._operation_name(request)]

    async def _wait(self, request: Request) -> Json:
        asked = str((await _body(request)).get("timeout", "")).removesuffix("s")
        seconds = min(float(asked or PATIENCE_SECONDS), 30.0)
        return await self._operations.wait(self._operation_name(request), seconds)

    def _operation_name(self, request: Request) -> str:
        name = f"{_place(request)}/operations/{request.path_params['operation']}"
        if name not in self._store.operations:
            raise Refusal("NOT_FOUND", f"Operation '{name}' does not exist.")
        return name

    def _record(self, request: Request) -> Record:
        record = self._store.services.get(_name(request))
        if record is None:
            raise not_found(*(request.path_params[part] for part in ("project", "location", "service")))
        return record


def _json(handler: Callable[[Request], Awaitable[Json]]) -> Callable[[Request], Awaitable[Response]]:
    async def handle(request: Request) -> Response:
        try:
            return JSONResponse(await handler(request))
        except Refusal as refusal:
            return refusal.response()
        except (ValueError, TypeError, AttributeError, KeyError, RecursionError) as error:
            return Refusal("INVALID_ARGUMENT", f"Invalid JSON payload received. {error}").response()

    return handle


async def _body(request: Request) -> Json:
    body = await request.json() if await request.body() else {}
    if not isinstance(body, dict):
        raise ValueError("Unexpected token.")
    return body


def _typed(body: Json) -> Json:
    return {"@type": "type.googleapis.com/google.cloud.run.v2.Service", **body}


def _place(request: Request) -> str:
    return f"projects/{request.path_params['project']}/locations/{request.path_params['location']}"


def _name(request: Request) -> str:
    return f"{_place(request)}/services/{request.path_params['service']}"


def _camel(path: str) -> str:
    return re.sub("_([a-z])", lambda match: match[1].upper(), path)
