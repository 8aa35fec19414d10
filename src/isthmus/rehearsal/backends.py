"""Where a rehearsal keeps its state: a file in the run directory, or Terraform's own S3 and GCS backends on the local
clouds.

    Stack(…, backend=S3Backend("states", "dev/platform.tfstate", dynamodb_table="locks"))

Whatever backend the files of a root module name, the rehearsal's takes its place, by an override file in the mirror.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from isthmus.core.errors import ConfigurationError
from isthmus.rehearsal.realize.base import Context


class Backend(Protocol):
    """A remote backend on the local clouds."""

    def block(self, context: Context) -> dict[str, dict[str, Any]]:
        """The backend block, as `{"s3": {…}}`. ConfigurationError when its cloud isn't there."""

    def environment(self, context: Context) -> dict[str, str]:
        """The credentials, which are not written to any file."""

    def state(self, context: Context) -> dict[str, Any] | None:
        """The state as it is now; None before the first apply."""


@dataclass(frozen=True)
class S3Backend:
    """Terraform's S3 backend.

    Attributes:
        bucket: The state bucket; it has to exist.
        key: Name of the object, as `dev/platform/aws.tfstate`.
        region: Region of the bucket.
        use_lockfile: Whether an object beside the state is the lock.
        dynamodb_table: Table that is (also) the lock; it has to exist, with the key LockID.
        kms_key_id: Key that the state is encrypted with; empty for the bucket's own encryption.
    """

    bucket: str
    key: str
    region: str = "us-east-1"
    use_lockfile: bool = True
    dynamodb_table: str = ""
    kms_key_id: str = ""

    def block(self, context: Context) -> dict[str, dict[str, Any]]:
        """All that the real backend needs, with the endpoints of the local AWS."""
        endpoint = _needed(context.aws_endpoint, "S3", "AWS")
        settings: dict[str, Any] = {
            "bucket": self.bucket,
            "key": self.key,
            "region": self.region,
            "encrypt": True,
            "use_lockfile": self.use_lockfile,
            "endpoints": dict.fromkeys(("s3", "dynamodb", "iam", "sts"), endpoint),
            "use_path_style": True,
            "skip_credentials_validation": True,
            "skip_metadata_api_check": True,
            "skip_region_validation": True,
            "skip_requesting_account_id": True,
        }
        optional = {"dynamodb_table": self.dynamodb_table, "kms_key_id": self.kms_key_id}
        return {"s3": {**settings, **{name: value for name, value in optional.items() if value}}}

    def environment(self, context: Context) -> dict[str, str]:
        """The key that the local AWS takes."""
        return {"AWS_ACCESS_KEY_ID": context.access_key, "AWS_SECRET_ACCESS_KEY": context.secret_key}

    def state(self, context: Context) -> dict[str, Any] | None:
        """The object, read from the local S3."""
        client = context.aws("s3", self.region)
        try:
            return _parsed(client.get_object(Bucket=self.bucket, Key=self.key)["Body"].read())
        except client.exceptions.NoSuchKey:
            return None


@dataclass(frozen=True)
class GcsBackend:
    """Terraform's GCS backend.

    Attributes:
        bucket: The state bucket; it has to exist.
        prefix: Folder of the object, which is named `default.tfstate`.
        kms_encryption_key: Key that the state is encrypted with; empty for the bucket's own encryption.
    """

    bucket: str
    prefix: str
    kms_encryption_key: str = ""

    def block(self, context: Context) -> dict[str, dict[str, Any]]:
        """All that the real backend needs, with the endpoint of the local Cloud Storage."""
        endpoint = _needed(context.google_http_endpoint, "GCS", "Google Cloud")
        settings = {
            "bucket": self.bucket,
            "prefix": self.prefix,
            "storage_custom_endpoint": f"{endpoint.rstrip('/')}/storage/v1/",
        }
        optional = {"kms_encryption_key": self.kms_encryption_key}
        return {"gcs": {**settings, **{name: value for name, value in optional.items() if value}}}

    def environment(self, context: Context) -> dict[str, str]:
        """A token, which the local Google Cloud doesn't check."""
        return {"GOOGLE_OAUTH_ACCESS_TOKEN": "rehearsal"}

    def state(self, context: Context) -> dict[str, Any] | None:
        """The object, read from the local Cloud Storage."""
        blob = context.storage().bucket(self.bucket).get_blob(f"{self.prefix}/default.tfstate")
        return None if blob is None else _parsed(blob.download_as_bytes())


def _needed(endpoint: str, backend: str, cloud: str) -> str:
    if endpoint:
        return endpoint
    raise ConfigurationError(
        f"the {backend} backend is rehearsed on the local {cloud}, which is not up",
        where="backend",
        fix="start it with `isthmus up`, or rehearse without a remote backend",
    )


def _parsed(text: bytes) -> dict[str, Any]:
    found: Mapping[str, Any] = json.loads(text or b"{}")
    return dict(found)
