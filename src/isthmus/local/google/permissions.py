"""The permissions that each call of the gRPC services asks for, and the field that names the resource.

Source: Pub/Sub and Cloud KMS documentation, "Access control", 2026-11. What isn't here only the owner may call.
"""

from __future__ import annotations

from collections.abc import Container
from typing import Any

import grpc

from isthmus.local.google.refusals import RpcError

Needed = tuple[tuple[str, str], ...]


def _pubsub() -> dict[str, Needed]:
    found: dict[str, Needed] = {
        "Publish": (("pubsub.topics.publish", "topic"),),
        "Pull": (("pubsub.subscriptions.consume", "subscription"),),
        "StreamingPull": (("pubsub.subscriptions.consume", "subscription"),),
        "Acknowledge": (("pubsub.subscriptions.consume", "subscription"),),
        "ModifyAckDeadline": (("pubsub.subscriptions.consume", "subscription"),),
        "Seek": (("pubsub.subscriptions.consume", "subscription"), ("pubsub.snapshots.seek", "snapshot")),
        "ListTopicSubscriptions": (("pubsub.topics.attachSubscription", "topic"),),
        "ListTopicSnapshots": (("pubsub.topics.attachSubscription", "topic"),),
        "DetachSubscription": (("pubsub.topics.detachSubscription", "subscription"),),
        "ModifyPushConfig": (("pubsub.subscriptions.update", "subscription"),),
        "CreateSubscription": (("pubsub.subscriptions.create", "^name"), ("pubsub.topics.attachSubscription", "topic")),
        "CreateTopic": (("pubsub.topics.create", "^name"),),
        "CreateSnapshot": (("pubsub.snapshots.create", "^name"), ("pubsub.subscriptions.consume", "subscription")),
        "CreateSchema": (("pubsub.schemas.create", "parent"),),
        "CommitSchema": (("pubsub.schemas.commit", "name"),),
        "RollbackSchema": (("pubsub.schemas.rollback", "name"),),
        "DeleteSchemaRevision": (("pubsub.schemas.delete", "name"),),
        "ListSchemaRevisions": (("pubsub.schemas.listRevisions", "name"),),
        "ValidateSchema": (("pubsub.schemas.validate", "parent"),),
        "ValidateMessage": (("pubsub.schemas.validate", "parent"),),
        "ListSchemas": (("pubsub.schemas.list", "parent"),),
        "GetSchema": (("pubsub.schemas.get", "name"),),
        "DeleteSchema": (("pubsub.schemas.delete", "name"),),
    }
    for kind in ("Topic", "Subscription", "Snapshot"):
        field = kind.lower()
        found[f"Get{kind}"] = ((f"pubsub.{field}s.get", field),)
        found[f"Delete{kind}"] = ((f"pubsub.{field}s.delete", field),)
        found[f"Update{kind}"] = ((f"pubsub.{field}s.update", f"{field}.name"),)
        found[f"List{kind}s"] = ((f"pubsub.{field}s.list", "project"),)
    return {f"pubsub.{method}": needed for method, needed in found.items()}


def _kms() -> dict[str, Needed]:
    key, version = "cloudkms.cryptoKeys", "cloudkms.cryptoKeyVersions"
    found: dict[str, tuple[str, str]] = {
        "ListKeyRings": ("cloudkms.keyRings.list", "parent"),
        "CreateKeyRing": ("cloudkms.keyRings.create", "parent"),
        "GetKeyRing": ("cloudkms.keyRings.get", "name"),
        "ListCryptoKeys": (f"{key}.list", "parent"),
        "CreateCryptoKey": (f"{key}.create", "parent"),
        "GetCryptoKey": (f"{key}.get", "name"),
        "UpdateCryptoKey": (f"{key}.update", "crypto_key.name"),
        "UpdateCryptoKeyPrimaryVersion": (f"{key}.update", "name"),
        "ListCryptoKeyVersions": (f"{version}.list", "parent"),
        "CreateCryptoKeyVersion": (f"{version}.create", "parent"),
        "GetCryptoKeyVersion": (f"{version}.get", "name"),
        "UpdateCryptoKeyVersion": (f"{version}.update", "crypto_key_version.name"),
        "DestroyCryptoKeyVersion": (f"{version}.destroy", "name"),
        "RestoreCryptoKeyVersion": (f"{version}.restore", "name"),
        "Encrypt": (f"{version}.useToEncrypt", "name"),
        "Decrypt": (f"{version}.useToDecrypt", "name"),
        "GetPublicKey": (f"{version}.viewPublicKey", "name"),
        "AsymmetricSign": (f"{version}.useToSign", "name"),
        "AsymmetricDecrypt": (f"{version}.useToDecrypt", "name"),
        "MacSign": (f"{version}.useToSign", "name"),
        "MacVerify": (f"{version}.useToVerify", "name"),
        "GenerateRandomBytes": ("cloudkms.locations.generateRandomBytes", "location"),
    }
    return {f"kms.{method}": (needed,) for method, needed in found.items()}


PERMISSIONS: dict[str, Needed] = {
    **_pubsub(),
    **_kms(),
    "iam.GetIamPolicy": (("getIamPolicy", "resource"),),
    "iam.SetIamPolicy": (("setIamPolicy", "resource"),),
    "iam.TestIamPermissions": (),
}
"""By the name that a call is counted under. `^` before a field means the project of what it names."""


def resource_in(request: Any, field: str) -> str:
    """The resource that a field names, `a.b` for a field of a field; the empty text where it isn't set."""
    project, path = field.startswith("^"), field.lstrip("^").split(".")
    value = request
    for part in path:
        value = getattr(value, part)
    return "/".join(str(value).split("/")[:2]) if project else str(value)


def check_project(counted: str, request: Any, projects: Container[str]) -> None:
    """Raises what each service of Google answers to a project that isn't there."""
    for _, field in PERMISSIONS.get(counted, ()):
        parts = resource_in(request, field).split("/")
        if len(parts) < 2 or parts[0] != "projects" or parts[1] in ("_", "-") or parts[1] in projects:
            continue
        if counted.startswith("pubsub."):
            message = f"Requested project not found or user does not have access to it (project={parts[1]})."
            raise RpcError(grpc.StatusCode.NOT_FOUND, message)
        raise RpcError(grpc.StatusCode.PERMISSION_DENIED, no_project(parts[1]))


def no_project(project: str) -> str:
    """What most services say of a project that isn't there."""
    return f"Permission denied on resource project {project}."


def policy_permission(resource: str, verb: str) -> str:
    """The whole name of the permission to read or set a resource's policy: `pubsub.topics.getIamPolicy`."""
    parts = resource.split("/")
    kind = parts[-2] if len(parts) > 1 else "projects"
    service = {"projects": "resourcemanager", "keyRings": "cloudkms", "cryptoKeys": "cloudkms"}.get(kind, "pubsub")
    if kind == "serviceAccounts":
        service = "iam"
    return f"{service}.{kind}.{verb}"
