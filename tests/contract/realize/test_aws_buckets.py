"""Buckets and what is set on them, on the local AWS."""

from __future__ import annotations

import json
from typing import Any

import pytest

from isthmus.rehearsal.realize.base import RealizeError


def test_a_bucket_lives(aws: Any) -> None:
    """Names and zones are the real ones; the tags change in place."""
    bucket = aws.create("aws_s3_bucket", bucket="isthmus-lives", force_destroy=True, tags={"a": "b"})
    assert bucket["arn"] == "arn:aws:s3:::isthmus-lives"
    assert bucket["bucket_regional_domain_name"] == "isthmus-lives.s3.us-east-1.amazonaws.com"
    bucket = aws.update("aws_s3_bucket", bucket, bucket="isthmus-lives", force_destroy=True, tags={"c": "d"})
    aws.delete("aws_s3_bucket", bucket)
    aws.assert_gone("aws_s3_bucket", bucket)


def test_a_bucket_that_is_ours_is_taken_over_and_kept_while_it_is_full(aws: Any) -> None:
    """`force_destroy` is what empties it, old versions and delete markers too."""
    bucket = aws.create("aws_s3_bucket", bucket="isthmus-full")
    aws.create("aws_s3_bucket", bucket="isthmus-full")
    aws.create("aws_s3_bucket_versioning", bucket="isthmus-full", versioning_configuration=[{"status": "Enabled"}])
    s3 = aws.ctx.aws("s3")
    for body in (b"1", b"2"):
        s3.put_object(Bucket="isthmus-full", Key="k", Body=body)
    s3.delete_object(Bucket="isthmus-full", Key="k")
    with pytest.raises(RealizeError, match="BucketNotEmpty"):
        aws.delete("aws_s3_bucket", bucket)
    aws.delete("aws_s3_bucket", {**bucket, "force_destroy": True})
    aws.assert_gone("aws_s3_bucket", bucket)


def test_old_blocks_of_a_bucket_are_refused_by_name(aws: Any) -> None:
    """They would be recorded and do nothing."""
    with pytest.raises(RealizeError, match="use aws_s3_bucket_versioning"):
        aws.create("aws_s3_bucket", bucket="isthmus-old", versioning=[{"enabled": True}])


def _policy(action: str) -> str:
    statement = {"Effect": "Deny", "Principal": "*", "Action": action, "Resource": "arn:aws:s3:::isthmus-set/*"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def _encryption(key: str | None, algorithm: str) -> dict[str, Any]:
    default = {"sse_algorithm": algorithm, **({"kms_master_key_id": key} if key else {})}
    return {"rule": [{"bucket_key_enabled": True, "apply_server_side_encryption_by_default": [default]}]}


def _lifecycle(days: int) -> dict[str, Any]:
    first = {
        "id": "noncurrent",
        "status": "Enabled",
        "filter": [{}],
        "expiration": [{"expired_object_delete_marker": True}],
        "noncurrent_version_expiration": [{"noncurrent_days": days}],
    }
    second = {
        "id": "aborted",
        "status": "Enabled",
        "filter": [{"prefix": "tmp/"}],
        "abort_incomplete_multipart_upload": [{"days_after_initiation": 7}],
        "transition": [{"days": 30, "storage_class": "STANDARD_IA"}],
    }
    return {"rule": [first, second]}


@pytest.mark.parametrize(
    ("type_name", "before", "after"),
    [
        (
            "aws_s3_bucket_ownership_controls",
            {"rule": [{"object_ownership": "BucketOwnerEnforced"}]},
            {"rule": [{"object_ownership": "BucketOwnerPreferred"}]},
        ),
        (
            "aws_s3_bucket_public_access_block",
            {"block_public_acls": True, "block_public_policy": True, "ignore_public_acls": True},
            {"block_public_acls": True, "restrict_public_buckets": True},
        ),
        ("aws_s3_bucket_policy", {"policy": _policy("s3:PutObject")}, {"policy": _policy("s3:*")}),
        (
            "aws_s3_bucket_server_side_encryption_configuration",
            _encryption("arn:aws:kms:us-east-1:000000000000:key/k", "aws:kms"),
            _encryption(None, "AES256"),
        ),
        (
            "aws_s3_bucket_versioning",
            {"versioning_configuration": [{"status": "Enabled"}]},
            {"versioning_configuration": [{"status": "Suspended"}]},
        ),
        ("aws_s3_bucket_lifecycle_configuration", _lifecycle(7), _lifecycle(30)),
    ],
)
def test_a_setting_of_a_bucket_lives(aws: Any, type_name: str, before: dict[str, Any], after: dict[str, Any]) -> None:
    """Put, put again, taken off; gone with its bucket."""
    bucket = aws.create("aws_s3_bucket", bucket="isthmus-set")
    setting = aws.create(type_name, bucket="isthmus-set", **before)
    setting = aws.update(type_name, setting, bucket="isthmus-set", **after)
    aws.delete(type_name, setting)
    aws.delete("aws_s3_bucket", bucket)
    aws.assert_gone(type_name, setting)
