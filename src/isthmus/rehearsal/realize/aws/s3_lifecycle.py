"""Lifecycle rules of a bucket."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from isthmus.rehearsal.realize.aws.resource import whole
from isthmus.rehearsal.realize.aws.s3_settings import BucketSetting
from isthmus.rehearsal.realize.base import State
from isthmus.rehearsal.realize.resource import Found
from isthmus.rehearsal.realize.states import block, blocks, is_set

_ABORT = {"days_after_initiation": "DaysAfterInitiation"}
_EXPIRATION = {"date": "Date", "days": "Days", "expired_object_delete_marker": "ExpiredObjectDeleteMarker"}
_NONCURRENT = {"newer_noncurrent_versions": "NewerNoncurrentVersions", "noncurrent_days": "NoncurrentDays"}
_NONCURRENT_MOVE = {**_NONCURRENT, "storage_class": "StorageClass"}
_MOVE = {"date": "Date", "days": "Days", "storage_class": "StorageClass"}
_SIZES = {
    "object_size_greater_than": "ObjectSizeGreaterThan",
    "object_size_less_than": "ObjectSizeLessThan",
    "prefix": "Prefix",
}
_ONE = {
    "abort_incomplete_multipart_upload": ("AbortIncompleteMultipartUpload", _ABORT),
    "expiration": ("Expiration", _EXPIRATION),
    "noncurrent_version_expiration": ("NoncurrentVersionExpiration", _NONCURRENT),
}
_MANY = {
    "noncurrent_version_transition": ("NoncurrentVersionTransitions", _NONCURRENT_MOVE),
    "transition": ("Transitions", _MOVE),
}
_SMALLEST = "all_storage_classes_128K"
"""Objects below 128 KB are not moved unless it is said otherwise (S3 User Guide, 2026-11)."""


class Lifecycle(BucketSetting):
    """aws_s3_bucket_lifecycle_configuration."""

    label = "S3 Bucket Lifecycle Configuration"

    def put(self, client: Any, bucket: str, planned: State) -> None:
        """All rules at once."""
        extra = {}
        if is_set(planned, "transition_default_minimum_object_size"):
            extra["TransitionDefaultMinimumObjectSize"] = planned["transition_default_minimum_object_size"]
        rules = [_rule(rule) for rule in blocks(planned, "rule")]
        client.put_bucket_lifecycle_configuration(Bucket=bucket, LifecycleConfiguration={"Rules": rules}, **extra)

    def get(self, client: Any, bucket: str, state: State) -> Found | None:
        """All rules."""
        answer = client.get_bucket_lifecycle_configuration(Bucket=bucket)
        return {
            "expected_bucket_owner": state.get("expected_bucket_owner") or "",
            "rule": [_found_rule(rule) for rule in answer["Rules"]],
            "transition_default_minimum_object_size": answer.get("TransitionDefaultMinimumObjectSize", _SMALLEST),
        }

    def drop(self, client: Any, bucket: str, state: State) -> None:
        """All rules."""
        client.delete_bucket_lifecycle(Bucket=bucket)


def _rule(rule: dict[str, Any]) -> dict[str, Any]:
    made: dict[str, Any] = {"ID": rule["id"], "Status": rule["status"]}
    if rule.get("filter"):
        made["Filter"] = _filter(block(rule, "filter"))
    else:
        # A rule needs one or the other; the real provider sends the empty prefix.
        made["Prefix"] = rule.get("prefix") or ""
    for ours, (theirs, names) in _ONE.items():
        if rule.get(ours):
            made[theirs] = _sent(names, block(rule, ours))
    for ours, (theirs, names) in _MANY.items():
        if rule.get(ours):
            made[theirs] = [_sent(names, item) for item in blocks(rule, ours)]
    return made


def _filter(given: dict[str, Any]) -> dict[str, Any]:
    if given.get("and"):
        both = block(given, "and")
        tags = [{"Key": key, "Value": value} for key, value in (both.get("tags") or {}).items()]
        return {"And": {**_sent(_SIZES, both), **({"Tags": tags} if tags else {})}}
    if given.get("tag"):
        tag = block(given, "tag")
        return {"Tag": {"Key": tag["key"], "Value": tag["value"]}}
    return _sent(_SIZES, given) or {"Prefix": ""}


def _sent(names: Mapping[str, str], values: Mapping[str, Any]) -> dict[str, Any]:
    given = {ours: values[ours] for ours in names if values.get(ours) not in (None, "")}
    # A marker set to false beside days is the same as none, and S3 takes only one of the two.
    given = {ours: value for ours, value in given.items() if value is not False and (value != 0 or len(given) == 1)}
    return {names[ours]: whole(value) if isinstance(value, float) else value for ours, value in given.items()}


def _found_rule(rule: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {"id": rule["ID"], "prefix": rule.get("Prefix", ""), "status": rule["Status"]}
    if "Filter" in rule:
        found["filter"] = [_found_filter(rule["Filter"])]
    for ours, (theirs, names) in _ONE.items():
        found[ours] = [_received(names, rule[theirs])] if theirs in rule else []
    for ours, (theirs, names) in _MANY.items():
        found[ours] = [_received(names, item) for item in rule.get(theirs, [])]
    return found


def _found_filter(given: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {"prefix": "", **_received(_SIZES, given)}
    if "And" in given:
        tags = {tag["Key"]: tag["Value"] for tag in given["And"].get("Tags", [])}
        found["and"] = [{"prefix": "", **_received(_SIZES, given["And"]), "tags": tags}]
    if "Tag" in given:
        found["tag"] = [{"key": given["Tag"]["Key"], "value": given["Tag"]["Value"]}]
    return found


def _received(names: Mapping[str, str], answer: Mapping[str, Any]) -> dict[str, Any]:
    values = {ours: answer[theirs] for ours, theirs in names.items() if theirs in answer}
    if "date" in values:
        values["date"] = values["date"].strftime("%Y-%m-%dT%H:%M:%SZ")
    return values


REALIZERS = {"aws_s3_bucket_lifecycle_configuration": Lifecycle()}
