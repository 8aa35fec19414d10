"""What every call of Cloud Storage goes through: it is counted, its caller checked, failed where a test wants."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from starlette.requests import Request

from isthmus.adapters.calls import Calls
from isthmus.local.google.identity import ANONYMOUS
from isthmus.local.google.storage.backend import Backend
from isthmus.local.google.storage.errors import StorageError
from isthmus.local.google.storage.faults import Fault, Faults

_OBJECTS = {
    "insert": ("create",),
    "get": ("get",),
    "list": ("list",),
    "patch": ("update",),
    "update": ("update",),
    "delete": ("delete",),
    "restore": ("restore", "create"),
    "compose": ("create", "get"),
    "copy": ("get",),
    "rewrite": ("get",),
    "move": ("move", "create"),
}
_TEST_NAMES = {
    "bucketAccessControls": "bucket_acl",
    "defaultObjectAccessControls": "default_object_acl",
    "objectAccessControls": "object_acl",
    "hmacKeys": "hmacKey",
    "notifications": "notification",
    "projects.serviceAccount": "serviceaccount",
}
"""What the conformance tests call some resources."""
_BUCKETS = {"insert": "create", "patch": "update", "lockRetentionPolicy": "update"}
Allowed = Callable[[str, str, str, Iterable[Any]], bool]


class Gate:
    """Lets calls in, or raises.

    Args:
        backend: Where the buckets' policies are.
        calls: Where calls are counted, as `storage.<resource>.<method>`.
        faults: The failures that tests asked for.

    Attributes:
        access: Decides who may call; None lets everybody.
    """

    def __init__(self, backend: Backend, calls: Calls, faults: Faults) -> None:
        self._backend, self._calls, self._faults = backend, calls, faults
        self.access: Any = None

    async def enter(self, request: Request, method: str, bucket: str = "") -> Fault | None:
        """Counts a call, strikes it down where a test wants that, and checks its caller.

        Args:
            request: The request.
            method: Its name, as `storage.objects.get`.
            bucket: The bucket; empty for calls on the project.

        Returns:
            A failure that is to happen once some of the content has passed.

        Raises:
            StorageError: 401 or 403; or what a test wants.
            Reset: when a test wants the connection cut.
        """
        self._calls.add(method)
        for permission in permissions(method):
            await self.require(request, permission, bucket)
        resumable = request.query_params.get("uploadType") == "resumable"
        return self.fault(request, method, 0 if resumable else None)

    def fault(self, request: Request, method: str, passed_bytes: int | None) -> Fault | None:
        """What is to go wrong in a request, where its moment has come; at once, where it is to happen before anything.

        Args:
            request: The request.
            method: Its name.
            passed_bytes: How much of a resumable upload there is with this request; None for anything else.
        """
        for ours, theirs in _TEST_NAMES.items():
            method = method.replace(f".{ours}.", f".{theirs}.")
        fault = self._faults.peek(method, request.headers)
        if fault is None or (passed_bytes is not None and (fault.after_bytes or 0) > passed_bytes):
            return None
        self._faults.use(method, request.headers)
        if fault.after_bytes is None:
            fault.strike()
        return fault

    async def require(self, request: Request, permission: str, bucket: str) -> None:
        """Raises a 401 or a 403 unless the caller has a permission on a bucket, or on the project."""
        if self.access is None or not self.access.on:
            return
        member = self.member(request)
        policy = await self._backend.read(lambda f: f.objects.buckets.policy(bucket)) if bucket else {}
        project = f"projects/{request.query_params.get('project') or self.access.project}"
        if self.access.allowed(member, permission, project, policy.get("bindings", ())):
            return
        what = f"Permission '{permission}' denied on resource (or it may not exist)."
        if member == ANONYMOUS:
            raise StorageError(401, f"Anonymous caller does not have {permission} access. {what}", reason="required")
        raise StorageError(403, f"{member.partition(':')[2]} does not have {permission} access. {what}")

    def member(self, request: Request) -> str:
        """Who calls: by a signed URL that was checked before, else by the Authorization header."""
        signed = request.scope.get("isthmus.signer")
        if signed:
            return f"serviceAccount:{signed}"
        return str(self.access.member(request.headers.get("authorization", "")))


def permissions(method: str) -> tuple[str, ...]:
    """The permissions that a method asks for.

    Source: Cloud Storage documentation, "IAM permissions for JSON methods", 2026-11.
    """
    _, kind, verb = method.split(".", 2)
    if kind == "objects":
        return tuple(f"storage.objects.{one}" for one in _OBJECTS[verb])
    if kind == "buckets":
        return () if verb == "testIamPermissions" else (f"storage.buckets.{_BUCKETS.get(verb, verb)}",)
    if kind == "notifications":
        return (f"storage.buckets.{'get' if verb in ('get', 'list') else 'update'}",)
    if kind in ("objectAccessControls", "bucketAccessControls", "defaultObjectAccessControls"):
        of = "objects" if kind == "objectAccessControls" else "buckets"
        return (f"storage.{of}.{'get' if verb in ('get', 'list') else 'set'}IamPolicy",)
    if kind == "multipartUploads":
        return (f"storage.{kind}.{verb}", *(("storage.objects.create",) if verb == "create" else ()))
    if kind == "hmacKeys":
        return (f"storage.hmacKeys.{verb}",)
    return ()
