"""What is set on a bucket by resources of their own: versions, encryption, access, policy, ownership."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any

from isthmus.rehearsal.realize.aws.resource import AwsResource, code
from isthmus.rehearsal.realize.base import Context, State
from isthmus.rehearsal.realize.resource import Found
from isthmus.rehearsal.realize.states import block, blocks, text

_ACCESS = {
    "block_public_acls": "BlockPublicAcls",
    "block_public_policy": "BlockPublicPolicy",
    "ignore_public_acls": "IgnorePublicAcls",
    "restrict_public_buckets": "RestrictPublicBuckets",
}


class BucketSetting(AwsResource):
    """A setting of a bucket: put as a whole, found by the bucket's name."""

    service = "s3"
    named_by = "bucket"

    def make(self, planned: State, ctx: Context) -> Found:
        """Puts it."""
        self.put(self.client(planned, ctx), planned["bucket"], planned)
        return {"id": planned["bucket"]}

    def find(self, state: State, ctx: Context) -> Found | None:
        """None when the bucket has no such setting, or is gone."""
        bucket = text(state, "id") or text(state, "bucket")
        found = self.get(self.client(state, ctx), bucket, state)
        return None if found is None else {"bucket": bucket, "id": bucket, "region": self.region(state, ctx), **found}

    def change(self, prior: State, planned: State, ctx: Context) -> None:
        """Puts it again."""
        self.put(self.client(prior, ctx), prior["bucket"], planned)

    def remove(self, state: State, ctx: Context) -> None:
        """The bucket stays."""
        self.drop(self.client(state, ctx), state["bucket"], state)

    @abstractmethod
    def put(self, client: Any, bucket: str, planned: State) -> None:
        """Puts the setting."""

    @abstractmethod
    def get(self, client: Any, bucket: str, state: State) -> Found | None:
        """The setting, None without one."""

    @abstractmethod
    def drop(self, client: Any, bucket: str, state: State) -> None:
        """Takes it off."""


class Versioning(BucketSetting):
    """aws_s3_bucket_versioning."""

    label = "S3 Bucket Versioning"

    def put(self, client: Any, bucket: str, planned: State) -> None:
        """`Disabled` is what a new bucket has; it can't be put."""
        status = block(planned, "versioning_configuration")["status"]
        if status != "Disabled":
            client.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": status})

    def get(self, client: Any, bucket: str, state: State) -> Found | None:
        """Without a status it was never put, unless `Disabled` is what was asked for."""
        answer = client.get_bucket_versioning(Bucket=bucket)
        disabled = block(state, "versioning_configuration").get("status") == "Disabled"
        status = answer.get("Status") or ("Disabled" if disabled else "")
        return {"versioning_configuration": [{"mfa_delete": "", "status": status}]} if status else None

    def drop(self, client: Any, bucket: str, state: State) -> None:
        """Versions can be suspended, never undone."""
        if block(state, "versioning_configuration").get("status") == "Enabled":
            client.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Suspended"})


class Encryption(BucketSetting):
    """aws_s3_bucket_server_side_encryption_configuration."""

    label = "S3 Bucket Server-side Encryption Configuration"

    def put(self, client: Any, bucket: str, planned: State) -> None:
        """One rule."""
        rules = [_encryption_rule(rule) for rule in blocks(planned, "rule")]
        client.put_bucket_encryption(Bucket=bucket, ServerSideEncryptionConfiguration={"Rules": rules})

    def get(self, client: Any, bucket: str, state: State) -> Found | None:
        """Every bucket has one, at least S3's own."""
        answer = client.get_bucket_encryption(Bucket=bucket)["ServerSideEncryptionConfiguration"]
        return {"rule": [_found_encryption_rule(rule) for rule in answer["Rules"]]}

    def drop(self, client: Any, bucket: str, state: State) -> None:
        """Back to S3's own keys."""
        client.delete_bucket_encryption(Bucket=bucket)


class PublicAccessBlock(BucketSetting):
    """aws_s3_bucket_public_access_block."""

    label = "S3 Bucket Public Access Block"

    def put(self, client: Any, bucket: str, planned: State) -> None:
        """All four."""
        values = {theirs: bool(planned.get(ours)) for ours, theirs in _ACCESS.items()}
        client.put_public_access_block(Bucket=bucket, PublicAccessBlockConfiguration=values)

    def get(self, client: Any, bucket: str, state: State) -> Found | None:
        """All four."""
        answer = client.get_public_access_block(Bucket=bucket)["PublicAccessBlockConfiguration"]
        return {ours: bool(answer.get(theirs)) for ours, theirs in _ACCESS.items()}

    def drop(self, client: Any, bucket: str, state: State) -> None:
        """Unless it is to be kept."""
        if not state.get("skip_destroy"):
            client.delete_public_access_block(Bucket=bucket)


class BucketPolicy(BucketSetting):
    """aws_s3_bucket_policy."""

    label = "S3 Bucket Policy"

    def put(self, client: Any, bucket: str, planned: State) -> None:
        """The document."""
        client.put_bucket_policy(Bucket=bucket, Policy=planned["policy"])

    def get(self, client: Any, bucket: str, state: State) -> Found | None:
        """The document."""
        return {"policy": client.get_bucket_policy(Bucket=bucket)["Policy"]}

    def drop(self, client: Any, bucket: str, state: State) -> None:
        """None."""
        client.delete_bucket_policy(Bucket=bucket)


class OwnershipControls(BucketSetting):
    """aws_s3_bucket_ownership_controls."""

    label = "S3 Bucket Ownership Controls"

    def gone(self, error: Exception) -> bool:
        """S3 has a code of its own for it."""
        return super().gone(error) or code(error) == "OwnershipControlsNotFoundError"

    def put(self, client: Any, bucket: str, planned: State) -> None:
        """One rule."""
        rules = [{"ObjectOwnership": rule["object_ownership"]} for rule in blocks(planned, "rule")]
        client.put_bucket_ownership_controls(Bucket=bucket, OwnershipControls={"Rules": rules})

    def get(self, client: Any, bucket: str, state: State) -> Found | None:
        """One rule."""
        answer = client.get_bucket_ownership_controls(Bucket=bucket)["OwnershipControls"]
        return {"rule": [{"object_ownership": rule["ObjectOwnership"]} for rule in answer["Rules"]]}

    def drop(self, client: Any, bucket: str, state: State) -> None:
        """Back to what a new bucket has."""
        client.delete_bucket_ownership_controls(Bucket=bucket)


def _encryption_rule(rule: dict[str, Any]) -> dict[str, Any]:
    default = block(rule, "apply_server_side_encryption_by_default")
    names = {"kms_master_key_id": "KMSMasterKeyID", "sse_algorithm": "SSEAlgorithm"}
    given = {theirs: default[ours] for ours, theirs in names.items() if default.get(ours)}
    body: dict[str, Any] = {"ApplyServerSideEncryptionByDefault": given} if given else {}
    return {**body, "BucketKeyEnabled": bool(rule.get("bucket_key_enabled"))}


def _found_encryption_rule(rule: dict[str, Any]) -> dict[str, Any]:
    default = rule.get("ApplyServerSideEncryptionByDefault", {})
    values = {"kms_master_key_id": default.get("KMSMasterKeyID", ""), "sse_algorithm": default.get("SSEAlgorithm", "")}
    return {
        "apply_server_side_encryption_by_default": [values],
        "blocked_encryption_types": [],
        "bucket_key_enabled": rule.get("BucketKeyEnabled", False),
    }


REALIZERS = {
    "aws_s3_bucket_ownership_controls": OwnershipControls(),
    "aws_s3_bucket_policy": BucketPolicy(),
    "aws_s3_bucket_public_access_block": PublicAccessBlock(),
    "aws_s3_bucket_server_side_encryption_configuration": Encryption(),
    "aws_s3_bucket_versioning": Versioning(),
}
