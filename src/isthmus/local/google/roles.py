"""What the predefined roles of the services here allow.

Source: IAM documentation, roles of Pub/Sub, Cloud Storage, Cloud KMS and service accounts, 2026-11. A permission ends
in `*` for all that begin so. A role that isn't here allows nothing.
"""

from __future__ import annotations

_PUBSUB_VIEW = (
    "pubsub.topics.get",
    "pubsub.topics.list",
    "pubsub.subscriptions.get",
    "pubsub.subscriptions.list",
    "pubsub.snapshots.get",
    "pubsub.snapshots.list",
    "pubsub.schemas.get",
    "pubsub.schemas.list",
    "pubsub.schemas.listRevisions",
    "pubsub.schemas.validate",
)
_PUBSUB_EDIT = (
    *_PUBSUB_VIEW,
    *(
        f"pubsub.{kind}.{verb}"
        for kind in ("topics", "subscriptions", "snapshots", "schemas")
        for verb in ("create", "delete", "update")
    ),
    "pubsub.topics.attachSubscription",
    "pubsub.topics.detachSubscription",
    "pubsub.topics.publish",
    "pubsub.topics.updateTag",
    "pubsub.subscriptions.consume",
    "pubsub.snapshots.seek",
    "pubsub.schemas.attach",
    "pubsub.schemas.commit",
    "pubsub.schemas.rollback",
)
_OBJECT_VIEW = ("storage.objects.get", "storage.objects.list")
_OBJECT_USE = (
    *_OBJECT_VIEW,
    "storage.objects.create",
    "storage.objects.delete",
    "storage.objects.update",
    "storage.objects.move",
    "storage.objects.restore",
    "storage.multipartUploads.*",
)
_BUCKET_READ = ("storage.buckets.get", "storage.objects.list", "storage.multipartUploads.list")
_USE_KEY = {
    "Decrypter": ("cloudkms.cryptoKeyVersions.useToDecrypt",),
    "Encrypter": ("cloudkms.cryptoKeyVersions.useToEncrypt",),
}
_VIEW_KEYS = (
    "cloudkms.keyRings.get",
    "cloudkms.keyRings.list",
    "cloudkms.cryptoKeys.get",
    "cloudkms.cryptoKeys.list",
    "cloudkms.cryptoKeyVersions.get",
    "cloudkms.cryptoKeyVersions.list",
)
_TOKENS = ("iam.serviceAccounts.getAccessToken", "iam.serviceAccounts.getOpenIdToken")
ROLES: dict[str, tuple[str, ...]] = {
    "roles/iam.serviceAccountTokenCreator": (
        *_TOKENS,
        "iam.serviceAccounts.implicitDelegation",
        "iam.serviceAccounts.signBlob",
        "iam.serviceAccounts.signJwt",
    ),
    "roles/iam.serviceAccountOpenIdTokenCreator": ("iam.serviceAccounts.getOpenIdToken",),
    "roles/iam.workloadIdentityUser": _TOKENS,
    "roles/owner": ("pubsub.*", "storage.buckets.*", "storage.hmacKeys.*", "cloudkms.*", "iam.*", "resourcemanager.*"),
    "roles/editor": (*_PUBSUB_EDIT, "storage.buckets.create", "storage.buckets.delete", "storage.buckets.list"),
    "roles/viewer": (*_PUBSUB_VIEW, *_VIEW_KEYS, "storage.buckets.list"),
    "roles/pubsub.admin": ("pubsub.*",),
    "roles/pubsub.editor": _PUBSUB_EDIT,
    "roles/pubsub.viewer": _PUBSUB_VIEW,
    "roles/pubsub.publisher": ("pubsub.topics.publish",),
    "roles/pubsub.subscriber": (
        "pubsub.snapshots.seek",
        "pubsub.subscriptions.consume",
        "pubsub.topics.attachSubscription",
    ),
    "roles/storage.admin": ("storage.*",),
    "roles/storage.objectAdmin": ("storage.objects.*", "storage.multipartUploads.*"),
    "roles/storage.objectUser": _OBJECT_USE,
    "roles/storage.objectViewer": _OBJECT_VIEW,
    "roles/storage.objectCreator": (
        "storage.objects.create",
        "storage.multipartUploads.create",
        "storage.multipartUploads.abort",
        "storage.multipartUploads.listParts",
    ),
    "roles/storage.bucketViewer": ("storage.buckets.get", "storage.buckets.list"),
    "roles/storage.legacyBucketReader": _BUCKET_READ,
    "roles/storage.legacyBucketWriter": (*_BUCKET_READ, "storage.objects.create", "storage.objects.delete"),
    "roles/storage.legacyBucketOwner": (
        *_BUCKET_READ,
        "storage.buckets.getIamPolicy",
        "storage.buckets.setIamPolicy",
        "storage.buckets.update",
        "storage.objects.create",
        "storage.objects.delete",
    ),
    "roles/storage.legacyObjectReader": ("storage.objects.get",),
    "roles/storage.legacyObjectOwner": (
        "storage.objects.get",
        "storage.objects.update",
        "storage.objects.getIamPolicy",
        "storage.objects.setIamPolicy",
    ),
    "roles/cloudkms.admin": (
        *_VIEW_KEYS,
        "cloudkms.keyRings.*",
        "cloudkms.cryptoKeys.*",
        "cloudkms.cryptoKeyVersions.create",
        "cloudkms.cryptoKeyVersions.update",
        "cloudkms.cryptoKeyVersions.destroy",
        "cloudkms.cryptoKeyVersions.restore",
    ),
    "roles/cloudkms.viewer": _VIEW_KEYS,
    "roles/cloudkms.cryptoKeyEncrypter": _USE_KEY["Encrypter"],
    "roles/cloudkms.cryptoKeyDecrypter": _USE_KEY["Decrypter"],
    "roles/cloudkms.cryptoKeyEncrypterDecrypter": (*_USE_KEY["Encrypter"], *_USE_KEY["Decrypter"]),
    "roles/cloudkms.signer": ("cloudkms.cryptoKeyVersions.useToSign",),
    "roles/cloudkms.verifier": ("cloudkms.cryptoKeyVersions.useToVerify",),
    "roles/cloudkms.signerVerifier": (
        "cloudkms.cryptoKeyVersions.useToSign",
        "cloudkms.cryptoKeyVersions.useToVerify",
        "cloudkms.cryptoKeyVersions.viewPublicKey",
    ),
    "roles/cloudkms.publicKeyViewer": ("cloudkms.cryptoKeyVersions.viewPublicKey",),
}


def allows(role: str, permission: str) -> bool:
    """Whether a role has a permission."""
    return any(
        permission == one or (one.endswith("*") and permission.startswith(one[:-1])) for one in ROLES.get(role, ())
    )
