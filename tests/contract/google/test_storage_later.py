"""What happens by itself, on a clock that the test moves: lifecycle, soft delete, retention, uploads, rotation."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import Any

import pytest
import requests
from google.api_core import exceptions

from isthmus.local.google import GoogleServer

DAY = 86400


@pytest.fixture(scope="module")
def later(cloud: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A server whose clock only these tests move."""
    with GoogleServer(tmp_path_factory.mktemp("later")) as server:
        yield type(cloud)(server)


def test_a_rule_deletes_what_is_old_enough_and_no_more(later: Any) -> None:
    """By age and prefix; what is younger stays."""
    bucket = later.bucket()
    bucket.add_lifecycle_delete_rule(age=10, matches_prefix=["logs/"])
    bucket.patch()
    for name in ("logs/old", "kept/old"):
        bucket.blob(name).upload_from_string("x")
    later.server.advance(9 * DAY)
    bucket.blob("logs/young").upload_from_string("x")
    assert {blob.name for blob in bucket.list_blobs()} == {"logs/old", "kept/old", "logs/young"}
    later.server.advance(DAY)
    assert {blob.name for blob in bucket.list_blobs()} == {"kept/old", "logs/young"}


def test_a_rule_moves_an_object_to_a_colder_class(later: Any) -> None:
    """Of two that fit, to the colder; a deletion comes before."""
    bucket = later.bucket()
    bucket.add_lifecycle_set_storage_class_rule("NEARLINE", age=30)
    bucket.add_lifecycle_set_storage_class_rule("ARCHIVE", age=90, matches_storage_class=["NEARLINE"])
    bucket.add_lifecycle_delete_rule(age=365)
    bucket.patch()
    bucket.blob("x").upload_from_string("x")
    seen = []
    for days in (30, 60, 275):
        later.server.advance(days * DAY)
        found = bucket.get_blob("x")
        seen.append(found and found.storage_class)
    assert seen == ["NEARLINE", "ARCHIVE", None]


def test_rules_for_versions_count_the_newer_ones(later: Any) -> None:
    """And the days since an object was replaced."""
    bucket = later.bucket(versioning_enabled=True)
    bucket.add_lifecycle_delete_rule(number_of_newer_versions=2, is_live=False)
    bucket.add_lifecycle_delete_rule(days_since_noncurrent_time=5)
    bucket.patch()
    generations = []
    for text in "1234":
        blob = bucket.blob("x")
        blob.upload_from_string(text)
        generations.append(blob.generation)
    later.server.advance(DAY)
    assert [blob.generation for blob in bucket.list_blobs(versions=True)] == generations[2:]
    later.server.advance(5 * DAY)
    assert [blob.generation for blob in bucket.list_blobs(versions=True)] == generations[3:]


def test_a_rule_that_cannot_be_is_refused(later: Any) -> None:
    """With 400."""
    for rule in (
        {"action": {"type": "Burn"}, "condition": {"age": 1}},
        {"action": {"type": "Delete"}, "condition": {}},
        {"action": {"type": "Delete"}, "condition": {"ageInYears": 1}},
        {"action": {"type": "SetStorageClass", "storageClass": "WARM"}, "condition": {"age": 1}},
    ):
        with pytest.raises(exceptions.BadRequest):
            later.storage._post_resource("/b", {"name": "wrong-rules", "lifecycle": {"rule": [rule]}})


def test_what_was_deleted_can_be_restored_for_a_week(later: Any) -> None:
    """As a new generation with the old content; then it is gone for good."""
    bucket = later.bucket()
    blob = bucket.blob("x")
    blob.metadata = {"a": "b"}
    blob.upload_from_string("precious", content_type="text/plain")
    generation = blob.generation
    blob.delete()
    assert bucket.get_blob("x") is None
    (deleted,) = bucket.list_blobs(soft_deleted=True)
    assert (deleted.generation, deleted.hard_delete_time - deleted.soft_delete_time) == (
        generation,
        datetime.timedelta(days=7),
    )
    assert bucket.get_blob("x", generation=generation, soft_deleted=True).size == 8
    restored = bucket.restore_blob("x", generation=generation)
    assert (restored.download_as_bytes(), restored.metadata, restored.content_type) == (
        b"precious",
        {"a": "b"},
        "text/plain",
    )
    assert restored.generation > generation
    later.server.advance(7 * DAY)
    assert list(bucket.list_blobs(soft_deleted=True)) == []
    with pytest.raises(exceptions.NotFound):
        bucket.restore_blob("x", generation=generation)


def test_a_deleted_bucket_can_be_restored_for_a_week(later: Any) -> None:
    """With its settings, its policy and what was soft-deleted in it; its name is free meanwhile."""
    bucket = later.bucket(labels={"a": "b"})
    name, blob = bucket.name, bucket.blob("x")
    blob.upload_from_string("precious")
    policy = bucket.get_iam_policy()
    policy.bindings.append({"role": "roles/storage.objectViewer", "members": {"user:ann@example.com"}})
    bucket.set_iam_policy(policy)
    blob.delete()
    bucket.delete()
    (deleted,) = later.storage.list_buckets(prefix=name, soft_deleted=True)
    assert deleted.hard_delete_time - deleted.soft_delete_time == datetime.timedelta(days=7)
    assert later.storage.get_bucket(name, generation=deleted.generation, soft_deleted=True).labels == {"a": "b"}
    with pytest.raises(exceptions.NotFound):
        later.storage.get_bucket(name)
    other = later.storage.create_bucket(name)
    assert (other.labels, list(other.list_blobs(soft_deleted=True))) == ({}, [])
    with pytest.raises(exceptions.Conflict):
        later.storage.restore_bucket(name, generation=deleted.generation)
    other.delete()
    later.server.kill()
    later.server.start()
    restored = later.storage.restore_bucket(name, generation=deleted.generation)
    assert (restored.labels, restored.soft_delete_time) == ({"a": "b"}, None)
    assert [one["members"] for one in restored.get_iam_policy().bindings] == [{"user:ann@example.com"}]
    assert restored.restore_blob("x", generation=blob.generation).download_as_bytes() == b"precious"


def test_a_deleted_bucket_is_gone_after_its_time(later: Any) -> None:
    """Or at once where its policy says so."""
    bucket, careless = later.bucket(), later.bucket()
    careless.soft_delete_policy.retention_duration_seconds = 0
    careless.patch()
    for one in (bucket, careless):
        one.delete()
    names = {one.name for one in later.storage.list_buckets(soft_deleted=True)}
    assert bucket.name in names and careless.name not in names
    later.server.advance(7 * DAY)
    assert list(later.storage.list_buckets(soft_deleted=True)) == []
    with pytest.raises(exceptions.NotFound):
        later.storage.restore_bucket(bucket.name, generation=bucket.generation)


def test_retention_ends_with_its_time_and_a_longer_policy_holds_what_is_there(later: Any) -> None:
    """It counts from the object's creation by the bucket's policy as it is now."""
    bucket = later.bucket(retention_period=DAY)
    blob = bucket.blob("x")
    blob.upload_from_string("x")
    bucket.retention_period = 3 * DAY
    bucket.patch()
    later.server.advance(2 * DAY)
    with pytest.raises(exceptions.Forbidden, match="retention policy"):
        blob.delete()
    later.server.advance(DAY)
    blob.delete()


def test_an_event_based_hold_begins_the_retention_when_it_ends(later: Any) -> None:
    """Until then the object has no expiration time."""
    bucket = later.bucket(retention_period=DAY, default_event_based_hold=True)
    blob = bucket.blob("x")
    blob.upload_from_string("x")
    later.server.advance(2 * DAY)
    with pytest.raises(exceptions.Forbidden, match="Event-Based hold"):
        blob.delete()
    blob.event_based_hold = False
    blob.patch()
    with pytest.raises(exceptions.Forbidden, match="retention policy"):
        blob.delete()
    later.server.advance(DAY)
    blob.delete()


def test_an_object_can_have_a_retention_of_its_own(later: Any) -> None:
    """Unlocked it can be overridden, locked it can't."""
    bucket = later.storage.bucket("own-retention")
    bucket.create(enable_object_retention=True)
    blob = bucket.blob("x")
    blob.upload_from_string("x")
    until = datetime.datetime.now(datetime.UTC) + datetime.timedelta(days=10_000)
    blob.retention.mode, blob.retention.retain_until_time = "Unlocked", until
    blob.patch()
    with pytest.raises(exceptions.Forbidden, match="retention of its own"):
        blob.delete()
    blob.retention.mode = "Locked"
    blob.patch()
    blob.retention.mode, blob.retention.retain_until_time = None, None
    with pytest.raises(exceptions.Forbidden, match="locked"):
        blob.patch(override_unlocked_retention=True)
    plain = later.bucket().blob("x")
    plain.upload_from_string("x")
    plain.retention.mode, plain.retention.retain_until_time = "Unlocked", until
    with pytest.raises(exceptions.BadRequest, match="not enabled"):
        plain.patch()


def test_a_resumable_upload_is_forgotten_after_a_week(later: Any) -> None:
    """Its address is 404 then."""
    url = f"{later.server.http}/upload/storage/v1/b/{later.bucket().name}/o?uploadType=resumable&name=half"
    place = requests.post(url, json={}, timeout=5).headers["location"]
    requests.put(place, data=b"half", headers={"content-range": "bytes 0-3/*"}, timeout=5)
    later.server.advance(7 * DAY + 1)
    assert requests.put(place, data=b"", headers={"content-range": "bytes */*"}, timeout=5).status_code == 404


def test_the_clock_moves_forward_only(later: Any) -> None:
    """And tells what is wrong."""
    for seconds in (0, -1, float("nan"), 1e12):
        with pytest.raises(ValueError, match=r"clock|JSON"):
            later.server.advance(seconds)


def test_the_clock_stays_where_it_was_through_a_kill(mortal: Any) -> None:
    """What had expired doesn't come back."""
    mortal.server.advance(100 * DAY)
    url = f"{mortal.server.http}/_isthmus/clock"
    before = requests.get(url, timeout=5).json()["now"]
    mortal.server.kill()
    mortal.server.start()
    assert before <= requests.get(url, timeout=5).json()["now"] < before + DAY


def test_time_that_passes_gives_leases_back_and_ends_retention(later: Any) -> None:
    """Pub/Sub goes by the same clock."""
    topic = later.topic()
    name = later.subscription(topic, ack_deadline_seconds=600, message_retention_duration={"seconds": DAY})
    later.publish(topic, b"x")
    assert len(later.pulled(name, 1)) == 1
    assert later.pull(name) == []
    later.server.advance(601)
    assert len(later.pulled(name, 1)) == 1
    later.server.advance(DAY)
    assert later.pull(name) == []


def test_keys_rotate_when_their_time_has_come(later: Any) -> None:
    """What an older version encrypted can still be read; the next time is ahead."""
    start = datetime.datetime.now(datetime.UTC) + datetime.timedelta(days=20_000)
    key = later.key(rotation_period={"seconds": 30 * DAY}, next_rotation_time=start)
    sealed = later.kms.encrypt(name=key, plaintext=b"x").ciphertext
    now = requests.get(f"{later.server.http}/_isthmus/clock", timeout=5).json()["now"]
    later.server.advance(start.timestamp() - now + 1)
    rotated = later.kms.get_crypto_key(name=key)
    assert rotated.primary.name == f"{key}/cryptoKeyVersions/2"
    assert rotated.next_rotation_time.timestamp() == pytest.approx(start.timestamp() + 30 * DAY, abs=2)
    opened = later.kms.decrypt(name=key, ciphertext=sealed)
    assert (opened.plaintext, opened.used_primary) == (b"x", False)
    later.server.advance(100 * DAY)
    assert later.kms.get_crypto_key(name=key).primary.name == f"{key}/cryptoKeyVersions/3"


def test_a_destroyed_version_is_gone_after_its_wait(later: Any) -> None:
    """It can't be restored then."""
    key = later.key(destroy_scheduled_duration={"seconds": DAY})
    version = f"{key}/cryptoKeyVersions/1"
    later.kms.destroy_crypto_key_version(name=version)
    later.server.advance(DAY + 1)
    assert later.kms.get_crypto_key_version(name=version).state.name == "DESTROYED"
    with pytest.raises(exceptions.FailedPrecondition):
        later.kms.restore_crypto_key_version(name=version)
