"""IAM policies of any resource, over gRPC: google.iam.v1.IAMPolicy. They are stored, not enforced."""

from __future__ import annotations

import hashlib
import sqlite3
from pathlib import Path
from typing import Any

import grpc
from google.iam.v1 import iam_policy_pb2, policy_pb2

from isthmus.adapters.calls import Calls
from isthmus.local.google.rpc import RpcError, service

_SCHEMA = "CREATE TABLE IF NOT EXISTS policies (resource TEXT PRIMARY KEY, body BLOB NOT NULL)"


class Policies:
    """The policies, in SQLite; each is committed before it is answered."""

    def __init__(self, path: Path) -> None:
        self._db = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute(_SCHEMA)

    def get(self, request: Any) -> Any:
        """Returns the policy of a resource, the empty one for a resource that has none."""
        row = self._db.execute("SELECT body FROM policies WHERE resource = ?", (request.resource,)).fetchone()
        policy = policy_pb2.Policy.FromString(row[0]) if row else policy_pb2.Policy(version=1)
        policy.etag = hashlib.sha256(row[0] if row else b"").digest()[:8]
        return policy

    def set(self, request: Any) -> Any:
        """Keeps a policy; ABORTED when it is based on an older one."""
        if request.policy.etag and request.policy.etag != self.get(request).etag:
            message = "There were concurrent policy changes. Please retry the whole read-modify-write."
            raise RpcError(grpc.StatusCode.ABORTED, message)
        kept = policy_pb2.Policy(version=request.policy.version, bindings=request.policy.bindings)
        body = kept.SerializeToString(deterministic=True)
        self._db.execute("INSERT OR REPLACE INTO policies VALUES (?, ?)", (request.resource, body))
        return self.get(request)

    def test(self, request: Any) -> Any:
        """Says yes to every permission, since none is enforced."""
        return iam_policy_pb2.TestIamPermissionsResponse(permissions=request.permissions)


def add_to(server: grpc.aio.Server, data_dir: Path, calls: Calls) -> None:
    """Registers the service."""
    policies = Policies(data_dir / "iam.sqlite")
    methods = {
        "GetIamPolicy": (policies.get, iam_policy_pb2.GetIamPolicyRequest),
        "SetIamPolicy": (policies.set, iam_policy_pb2.SetIamPolicyRequest),
        "TestIamPermissions": (policies.test, iam_policy_pb2.TestIamPermissionsRequest),
    }
    server.add_generic_rpc_handlers((service("google.iam.v1.IAMPolicy", methods, calls, "iam"),))
