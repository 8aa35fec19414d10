"""Buckets."""

from __future__ import annotations

from typing import Any

from isthmus.rehearsal.realize.aws.resource import AwsResource, code, pairs, tags_of, unpaired
from isthmus.rehearsal.realize.base import Context, RealizeError, State
from isthmus.rehearsal.realize.resource import Found
from isthmus.rehearsal.realize.states import changed, own_name, text

_ZONES = {
    "ap-northeast-1": "Z2M4EHUR26P7ZW",
    "ap-southeast-1": "Z3O0J2DXBE1FTB",
    "ap-southeast-2": "Z1WCIGYICN2BYD",
    "eu-central-1": "Z21DNDUVLTQW6Q",
    "eu-west-1": "Z1BKCTXD74EZPE",
    "us-east-1": "Z3AQBSTGFYJSTF",
    "us-east-2": "Z2O1EMRO9K5GLX",
    "us-west-1": "Z2F56UZL2M1ACD",
    "us-west-2": "Z3BJ6K6RIION7M",
}
"""Hosted zones of S3 website endpoints (AWS General Reference, 2026-11)."""
_FIRST_REGION = "us-east-1"
_ELSEWHERE = {
    "acl": "aws_s3_bucket_acl",
    "cors_rule": "aws_s3_bucket_cors_configuration",
    "grant": "aws_s3_bucket_acl",
    "lifecycle_rule": "aws_s3_bucket_lifecycle_configuration",
    "logging": "aws_s3_bucket_logging",
    "policy": "aws_s3_bucket_policy",
    "replication_configuration": "aws_s3_bucket_replication_configuration",
    "server_side_encryption_configuration": "aws_s3_bucket_server_side_encryption_configuration",
    "versioning": "aws_s3_bucket_versioning",
    "website": "aws_s3_bucket_website_configuration",
}


class Bucket(AwsResource):
    """aws_s3_bucket."""

    service = "s3"
    label = "S3 Bucket"
    named_by = "bucket"

    def make(self, planned: State, ctx: Context) -> Found:
        """A bucket that is ours already is taken over: a cut-off apply leaves one behind."""
        _refuse_old_blocks(planned)
        client, region = self.client(planned, ctx), self.region(planned, ctx)
        name = own_name(planned, "bucket")
        arguments: dict[str, Any] = {}
        if region != _FIRST_REGION:
            arguments["CreateBucketConfiguration"] = {"LocationConstraint": region}
        if planned.get("object_lock_enabled"):
            arguments["ObjectLockEnabledForBucket"] = True
        try:
            client.create_bucket(Bucket=name, **arguments)
        except self.failures() as error:
            if code(error) != "BucketAlreadyOwnedByYou":
                raise
        self._put_tags(client, name, tags_of(planned))
        return {"id": name, "bucket": name}

    def find(self, state: State, ctx: Context) -> Found | None:
        """The bucket and its tags; all else of it is other resources."""
        client, name = self.client(state, ctx), text(state, "id") or text(state, "bucket")
        region = client.head_bucket(Bucket=name).get("BucketRegion") or self.region(state, ctx)
        return {
            "acceleration_status": "",
            "arn": f"arn:aws:s3:::{name}",
            "bucket": name,
            "bucket_domain_name": f"{name}.s3.amazonaws.com",
            "bucket_namespace": "global",
            "bucket_prefix": "",
            "bucket_region": region,
            "bucket_regional_domain_name": f"{name}.s3.{region}.amazonaws.com",
            "hosted_zone_id": _ZONES.get(region, ""),
            "id": name,
            "object_lock_enabled": bool(state.get("object_lock_enabled")),
            "region": region,
            "request_payer": "BucketOwner",
            "tags_all": self._tags(client, name),
        }

    def change(self, prior: State, planned: State, ctx: Context) -> None:
        """Tags only."""
        _refuse_old_blocks(planned)
        if changed(prior, planned, "tags_all"):
            self._put_tags(self.client(prior, ctx), prior["id"], tags_of(planned))

    def remove(self, state: State, ctx: Context) -> None:
        """`force_destroy` empties it first, versions and all."""
        client, name = self.client(state, ctx), state["id"]
        if state.get("force_destroy"):
            _empty(client, name)
        client.delete_bucket(Bucket=name)

    def _tags(self, client: Any, name: str) -> dict[str, str]:
        try:
            return unpaired(client.get_bucket_tagging(Bucket=name)["TagSet"])
        except self.failures() as error:
            if code(error) != "NoSuchTagSet":
                raise
            return {}

    def _put_tags(self, client: Any, name: str, tags: dict[str, str]) -> None:
        if tags:
            client.put_bucket_tagging(Bucket=name, Tagging={"TagSet": pairs(tags)})
        else:
            client.delete_bucket_tagging(Bucket=name)


def _empty(client: Any, name: str) -> None:
    for page in client.get_paginator("list_object_versions").paginate(Bucket=name):
        versions = [*page.get("Versions", []), *page.get("DeleteMarkers", [])]
        objects = [{"Key": version["Key"], "VersionId": version["VersionId"]} for version in versions]
        if objects:
            client.delete_objects(Bucket=name, Delete={"Objects": objects, "Quiet": True})


def _refuse_old_blocks(planned: State) -> None:
    for name, instead in _ELSEWHERE.items():
        if planned.get(name):
            raise RealizeError(
                f"{name} in the bucket itself is deprecated and not realized: use {instead}", text(planned, "bucket")
            )


REALIZERS = {"aws_s3_bucket": Bucket()}
