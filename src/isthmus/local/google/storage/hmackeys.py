"""HMAC keys of service accounts: made, listed, switched off, deleted; signed URLs may be signed with them."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from isthmus.local.google.accounts.store import Accounts, Json
from isthmus.local.google.clock import Clock
from isthmus.local.google.storage.answers import json_of
from isthmus.local.google.storage.common import timestamp
from isthmus.local.google.storage.errors import StorageError
from isthmus.local.google.storage.gate import Gate


class HmacKeyCalls:
    """Answers the calls.

    Args:
        accounts: Where the keys are kept.
        gate: What every call goes through.
        clock: The time.
    """

    def __init__(self, accounts: Accounts, gate: Gate, clock: Clock) -> None:
        self._accounts, self._gate, self._clock = accounts, gate, clock

    async def all(self, request: Request) -> Response:
        """hmacKeys.list and hmacKeys.create"""
        project, query = request.path_params["project"], request.query_params
        if request.method == "GET":
            await self._gate.enter(request, "storage.hmacKeys.list")
            found = [one for one in self._accounts.hmac_keys(project) if _wanted(one, query)]
            return JSONResponse({"kind": "storage#hmacKeysMetadata", "items": found})
        await self._gate.enter(request, "storage.hmacKeys.create")
        email = query.get("serviceAccountEmail", "")
        if not email:
            raise StorageError(400, "Required parameter: serviceAccountEmail", reason="required")
        body, secret = self._accounts.add_hmac(project, email, timestamp(self._clock.now()))
        return JSONResponse({"kind": "storage#hmacKey", "metadata": body, "secret": secret})

    async def one(self, request: Request) -> Response:
        """hmacKeys.get, hmacKeys.update and hmacKeys.delete"""
        verb = {"GET": "get", "PUT": "update", "DELETE": "delete"}[request.method]
        await self._gate.enter(request, f"storage.hmacKeys.{verb}")
        found = self._accounts.hmac_key(request.path_params["key"])
        if found is None or found[0]["projectId"] != request.path_params["project"]:
            raise StorageError(404, "Access ID not found.")
        body = found[0]
        if verb == "get":
            return JSONResponse(body)
        if verb == "update":
            return JSONResponse(self._changed(body, await json_of(request)))
        if body["state"] != "INACTIVE":
            raise StorageError(400, "Cannot delete keys in 'ACTIVE' state.")
        self._accounts.save_hmac(body | {"state": "DELETED", "updated": timestamp(self._clock.now())})
        return Response(status_code=204)

    def _changed(self, body: Json, wanted: Json) -> Json:
        if wanted.get("etag") not in (None, body["etag"]):
            raise StorageError(412, "Precondition Failed")
        if wanted.get("state") not in ("ACTIVE", "INACTIVE") or body["state"] == "DELETED":
            raise StorageError(400, "The state of a key that isn't deleted can be set to ACTIVE or INACTIVE.")
        return self._accounts.save_hmac(body | {"state": wanted["state"], "updated": timestamp(self._clock.now())})


def _wanted(body: Json, query: object) -> bool:
    get = query.get  # type: ignore[attr-defined]
    deleted = body["state"] == "DELETED" and get("showDeletedKeys", "").lower() != "true"
    email = get("serviceAccountEmail", "")
    return not deleted and (not email or body["serviceAccountEmail"] == email)
