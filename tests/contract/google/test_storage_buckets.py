"""Buckets, by Google's own client: every setting is kept and given back."""

from __future__ import annotations

from typing import Any

import pytest
from google.api_core import exceptions

SETTINGS: dict[str, Any] = {
    "storageClass": "NEARLINE",
    "labels": {"team": "bridge"},
    "versioning": {"enabled": True},
    "iamConfiguration": {"uniformBucketLevelAccess": {"enabled": True}, "publicAccessPrevention": "enforced"},
    "encryption": {"defaultKmsKeyName": "projects/p/locations/l/keyRings/r/cryptoKeys/k"},
    "lifecycle": {"rule": [{"action": {"type": "Delete"}, "condition": {"age": 30, "isLive": False}}]},
    "logging": {"logBucket": "logs", "logObjectPrefix": "p"},
    "autoclass": {"enabled": False},
    "cors": [{"origin": ["*"], "method": ["GET"]}],
    "website": {"mainPageSuffix": "index.html"},
    "billing": {"requesterPays": False},
    "rpo": "DEFAULT",
}


def test_every_setting_is_given_back(cloud: Any) -> None:
    """And a patch changes what it names."""
    client = cloud.storage
    client._post_resource("/b", {"name": "settings", "location": "us-central1", **SETTINGS})
    found = client._get_resource("/b/settings")
    uniform = found["iamConfiguration"].pop("bucketPolicyOnly")
    assert uniform == found["iamConfiguration"]["uniformBucketLevelAccess"]
    assert found["iamConfiguration"]["uniformBucketLevelAccess"].pop("lockedTime") > found["timeCreated"]
    assert {key: found[key] for key in SETTINGS} == SETTINGS
    assert (found["location"], found["locationType"], found["metageneration"]) == ("US-CENTRAL1", "region", "1")
    assert found["softDeletePolicy"]["retentionDurationSeconds"] == "604800"
    patch = {"labels": {"team": None, "new": "x"}, "softDeletePolicy": {"retentionDurationSeconds": 0}, "logging": None}
    changed = client._patch_resource("/b/settings", patch)
    assert (changed["labels"], changed["metageneration"], "logging" in changed) == ({"new": "x"}, "2", False)
    assert changed["softDeletePolicy"]["retentionDurationSeconds"] == "0"
    assert client._get_resource("/b/settings") == changed
    assert changed["versioning"] == SETTINGS["versioning"]


def test_an_object_takes_the_buckets_class_and_key(cloud: Any) -> None:
    """As its bucket says."""
    key = cloud.key()
    bucket = cloud.bucket(storage_class="COLDLINE", default_kms_key_name=key)
    blob = bucket.blob("x")
    blob.upload_from_string("x")
    assert (blob.storage_class, blob.kms_key_name) == ("COLDLINE", f"{key}/cryptoKeyVersions/1")


def test_a_bucket_is_there_once_and_deleted_when_it_is_empty(cloud: Any) -> None:
    """Noncurrent generations count."""
    bucket = cloud.bucket(versioning_enabled=True)
    with pytest.raises(exceptions.Conflict):
        cloud.storage.create_bucket(bucket.name)
    with pytest.raises(exceptions.BadRequest, match="Invalid bucket name"):
        cloud.storage.create_bucket("No")
    bucket.blob("x").upload_from_string("x")
    bucket.blob("x").delete()
    with pytest.raises(exceptions.Conflict, match="not empty"):
        bucket.delete()
    for blob in bucket.list_blobs(versions=True):
        blob.delete()
    bucket.delete()
    assert cloud.storage.lookup_bucket(bucket.name) is None
    with pytest.raises(exceptions.NotFound, match="bucket does not exist"):
        bucket.blob("x").upload_from_string("x")


def test_a_change_can_be_conditional(cloud: Any) -> None:
    """On the bucket's metageneration."""
    bucket = cloud.bucket()
    bucket.labels = {"a": "b"}
    bucket.patch(if_metageneration_match=1)
    bucket.labels = {"c": "d"}
    with pytest.raises(exceptions.PreconditionFailed):
        bucket.patch(if_metageneration_match=1)


def test_a_policy_is_kept_and_guarded(cloud: Any) -> None:
    """By its etag."""
    bucket = cloud.bucket()
    policy = bucket.get_iam_policy()
    policy.bindings.append({"role": "roles/storage.objectViewer", "members": {"user:a@example.com"}})
    bucket.set_iam_policy(policy)
    assert bucket.get_iam_policy().bindings == policy.bindings
    with pytest.raises(exceptions.PreconditionFailed):
        bucket.set_iam_policy(policy)
    assert bucket.test_iam_permissions(["storage.objects.get"]) == ["storage.objects.get"]


def test_buckets_are_listed_in_pages(cloud: Any) -> None:
    """By prefix."""
    names = [f"listed-{number}" for number in range(5)]
    for name in names:
        cloud.storage.create_bucket(name)
    assert [bucket.name for bucket in cloud.storage.list_buckets(prefix="listed-", page_size=2)] == names


def test_the_projects_service_account_has_an_address(cloud: Any) -> None:
    """The one that keys are granted to."""
    assert cloud.storage.get_service_account_email().endswith("@gs-project-accounts.iam.gserviceaccount.com")
