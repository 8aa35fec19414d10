"""`--auth`: who may do what, by the policies of the resource and of its project.

Without `--auth` everybody may do everything, and nothing here is asked.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import grpc

from isthmus.local.google.iam import Policies
from isthmus.local.google.identity import ANONYMOUS, matches, member_of
from isthmus.local.google.oidc import TokenSigner
from isthmus.local.google.permissions import PERMISSIONS, policy_permission, resource_in
from isthmus.local.google.refusals import error_info
from isthmus.local.google.roles import allows
from isthmus.local.google.rpc import RpcError

Binding = Mapping[str, Any]
"""A role, its members, and a condition where it has one."""

_SERVICES = {"kms": "cloudkms", "resourcemanager": "cloudresourcemanager"}
"""The services whose name isn't what their permissions begin with."""

_NO_CREDENTIALS = (
    "Request is missing required authentication credential. Expected OAuth 2 access token, login cookie or other valid "
    "authentication credential. See https://developers.google.com/identity/sign-in/web/devconsole-project."
)


class Access:
    """Decides.

    Args:
        policies: The policies of projects, topics, subscriptions, keys and rings.
        signer: Whose tokens are trusted.
        project: The project whose owner `owner` is.
        owner: The member that may do everything; None turns all of this off.

    Attributes:
        project: That project.
    """

    def __init__(self, policies: Policies, signer: TokenSigner, project: str, owner: str | None) -> None:
        self._policies, self._signer, self.project, self._owner = policies, signer, project, owner

    @property
    def on(self) -> bool:
        """Whether anything is enforced."""
        return self._owner is not None

    def member(self, authorization: str) -> str:
        """Who calls, by the Authorization header."""
        return member_of(authorization, self._signer.certificates())

    def allowed(self, member: str, permission: str, resource: str, more: Iterable[Binding] = ()) -> bool:
        """Whether a member has a permission on a resource, by its policy, its parents', and further bindings.

        A binding with a condition grants nothing: conditions are not evaluated here.
        """
        if self._owner is None or (member == self._owner and member != ANONYMOUS):
            return True
        bindings = [*more, *(one for name in lineage(resource) for one in self._policies.bindings(name))]
        return any(
            not binding.get("condition")
            and allows(binding["role"], permission)
            and any(matches(member, bound) for bound in binding["members"])
            for binding in bindings
        )

    def check_call(self, counted: str, request: Any, authorization: str) -> None:
        """Raises PERMISSION_DENIED or UNAUTHENTICATED unless the caller may make a call of a gRPC service."""
        if self._owner is None:
            return
        member = self.member(authorization)
        for permission, field in PERMISSIONS.get(counted, (("", ""),)):
            resource = resource_in(request, field) if field else ""
            if counted.startswith("iam."):
                permission = policy_permission(resource, permission)
            if resource and not self.allowed(member, permission, resource):
                raise _denied(counted, member, permission, resource)
            if not permission and member != self._owner:
                raise _denied(counted, member, counted, f"projects/{self.project}")

    def require(self, authorization: str, permission: str, resource: str) -> None:
        """Raises PERMISSION_DENIED or UNAUTHENTICATED unless the caller has a permission on a resource."""
        if self._owner is None:
            return
        member = self.member(authorization)
        if not self.allowed(member, permission, resource):
            raise _denied(permission, member, permission, resource)

    def agent(self, service: str) -> str:
        """The member that a service of the project acts as."""
        return f"serviceAccount:service-000000000000@{service}.iam.gserviceaccount.com"


def lineage(resource: str) -> list[str]:
    """A resource and those above it that have policies: a key's ring, and the project."""
    parts = resource.split("/")
    names = [resource]
    if "keyRings" in parts:
        ring = parts.index("keyRings") + 2
        names += ["/".join(parts[: ring + 2]), "/".join(parts[:ring])]
    names.append("/".join(parts[:2]))
    return list(dict.fromkeys(names))


def _denied(counted: str, member: str, permission: str, resource: str) -> RpcError:
    prefix = permission.partition(".")[0]
    service = f"{_SERVICES.get(prefix, prefix)}.googleapis.com"
    if member == ANONYMOUS:
        missing = error_info("CREDENTIALS_MISSING", "googleapis.com", {"service": service})
        return RpcError(grpc.StatusCode.UNAUTHENTICATED, _NO_CREDENTIALS, missing)
    denied = error_info("IAM_PERMISSION_DENIED", service, {"permission": permission, "resource": resource})
    message = f"Permission '{permission}' denied on resource '{resource}' (or it may not exist)."
    if counted.startswith("pubsub."):
        message = "User not authorized to perform this action."
    return RpcError(grpc.StatusCode.PERMISSION_DENIED, message, denied)
