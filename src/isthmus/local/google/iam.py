"""IAM policies of any resource: google.iam.v1.IAMPolicy. `access` enforces them where that is asked for."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import grpc
from google.iam.v1 import iam_policy_pb2, policy_pb2

from isthmus.local.google.database import Database
from isthmus.local.google.rpc import CALLER, Method, RpcError

_SCHEMA = "CREATE TABLE IF NOT EXISTS policies (resource TEXT PRIMARY KEY, body BLOB NOT NULL)"

_DELETE = "DELETE FROM policies WHERE resource = ?"


class Policies:
    """The policies, in SQLite; each is committed before it is answered.

    Args:
        path: The SQLite file.
        require: Raises a NOT_FOUND for a resource that isn't there.

    Attributes:
        allowed: Whether a member has a permission on a resource; None where nothing is enforced.
    """

    def __init__(self, path: Path, require: Callable[[str], Any]) -> None:
        self._database = Database(path, _SCHEMA)
        self._require = require
        self.allowed: Callable[[str, str, str], bool] | None = None
        self._bodies: dict[str, bytes] = dict(self._database.read("SELECT resource, body FROM policies"))
        # A resource whose end was committed right before a kill may have left its policy.
        for resource in [name for name in self._bodies if not self._is_there(name)]:
            del self._bodies[resource]
            self._database.later([(_DELETE, (resource,))])

    def methods(self) -> dict[str, Method]:
        """The methods of the service."""
        return {
            "GetIamPolicy": (self.get, iam_policy_pb2.GetIamPolicyRequest),
            "SetIamPolicy": (self.set, iam_policy_pb2.SetIamPolicyRequest),
            "TestIamPermissions": (self.test, iam_policy_pb2.TestIamPermissionsRequest),
        }

    def get(self, request: Any) -> Any:
        """Returns the policy of a resource, the empty one for a resource that has none."""
        self._require(request.resource)
        body = self._bodies.get(request.resource, b"")
        policy = policy_pb2.Policy.FromString(body) if body else policy_pb2.Policy(version=1)
        policy.etag = hashlib.sha256(body).digest()[:8]
        return policy

    async def set(self, request: Any) -> Any:
        """Keeps a policy; ABORTED when it is based on an older one."""
        if request.policy.etag and request.policy.etag != self.get(request).etag:
            message = "There were concurrent policy changes. Please retry the whole read-modify-write."
            raise RpcError(grpc.StatusCode.ABORTED, message)
        self._require(request.resource)
        kept = policy_pb2.Policy(version=request.policy.version or 1)
        kept.bindings.extend(binding for binding in request.policy.bindings if binding.members)
        kept.audit_configs.extend(request.policy.audit_configs)
        before, body = self._bodies.get(request.resource, b""), kept.SerializeToString(deterministic=True)
        # At once, so that a writer that comes during the commit sees another etag.
        self._bodies[request.resource] = body
        try:
            await self._database.commit([("INSERT OR REPLACE INTO policies VALUES (?, ?)", (request.resource, body))])
        except Exception:
            self._bodies[request.resource] = before
            raise
        return self.get(request)

    def bindings(self, resource: str) -> list[dict[str, Any]]:
        """The bindings of a resource's policy."""
        body = self._bodies.get(resource, b"")
        found = policy_pb2.Policy.FromString(body).bindings if body else ()
        return [
            {"role": one.role, "members": list(one.members), "condition": one.condition.expression} for one in found
        ]

    def test(self, request: Any) -> Any:
        """Says which permissions the caller has: all on what is there unless they are enforced, none on what is not."""
        permissions = request.permissions if self._is_there(request.resource) else []
        if self.allowed is not None:
            permissions = [one for one in permissions if self.allowed(CALLER.get(), one, request.resource)]
        return iam_policy_pb2.TestIamPermissionsResponse(permissions=permissions)

    def forget(self, resource: str) -> Awaitable[None]:
        """Drops the policy of a resource that is gone, at once; to be awaited until that is committed."""
        if self._bodies.pop(resource, None) is None:
            return asyncio.sleep(0)
        return asyncio.ensure_future(self._database.commit([(_DELETE, (resource,))]))

    def _is_there(self, resource: str) -> bool:
        try:
            self._require(resource)
        except RpcError:
            return False
        return True

    def close(self) -> None:
        """Closes the file."""
        self._database.close()
