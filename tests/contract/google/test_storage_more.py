"""Notifications, keys of the customer's, rewrites in steps, lists of who may, batches, signed URLs, HMAC keys."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from google.api_core import exceptions
from google.cloud.storage import Client

PROJECT = "isthmus-dev"
Until = Callable[..., None]
MIB = 1024 * 1024


def test_every_change_is_announced_to_the_topics_that_want_it(cloud: Any) -> None:
    """With Cloud Storage's attributes, and the object as payload."""
    topic, bucket = cloud.topic(), cloud.bucket(versioning_enabled=True)
    name = cloud.subscription(topic)
    wanted = bucket.notification(
        topic.rpartition("/")[2], blob_name_prefix="a/", custom_attributes={"who": "me"}, payload_format="JSON_API_V1"
    )
    wanted.create()
    assert [one.notification_id for one in bucket.list_notifications()] == [wanted.notification_id]
    bucket.blob("b/other").upload_from_string("x")
    blob = bucket.blob("a/x")
    blob.upload_from_string("1")
    first = blob.generation
    blob.upload_from_string("2")
    blob.metadata = {"a": "b"}
    blob.patch()
    bucket.delete_blob("a/x")
    got = [one.message for one in cloud.pulled(name, 5)]
    kinds = sorted((m.attributes["eventType"], int(m.attributes["objectGeneration"])) for m in got)
    assert kinds == sorted(
        [
            ("OBJECT_FINALIZE", first),
            ("OBJECT_FINALIZE", blob.generation),
            ("OBJECT_ARCHIVE", first),
            ("OBJECT_METADATA_UPDATE", blob.generation),
            ("OBJECT_ARCHIVE", blob.generation),
        ]
    )
    overwritten = next(m for m in got if "overwrittenByGeneration" in m.attributes)
    assert overwritten.attributes["overwrittenByGeneration"] == str(blob.generation)
    assert {m.attributes["who"] for m in got} == {"me"}
    assert {m.attributes["objectId"] for m in got} == {"a/x"}
    assert json.loads(got[0].data)["bucket"] == bucket.name
    wanted.delete()
    blob.upload_from_string("3")
    assert cloud.pull(name) == []
    with pytest.raises(exceptions.NotFound):
        bucket.notification("no-such-topic").create()


def test_what_was_stored_is_announced_whatever_happens_to_the_server(mortal: Any) -> None:
    """An announcement is written with the object; a kill may repeat it, never lose it."""
    topic, bucket = mortal.topic(), mortal.bucket()
    name = mortal.subscription(topic)
    bucket.notification(topic.rpartition("/")[2]).create()
    for number in range(40):
        bucket.blob(str(number)).upload_from_string("x")
    mortal.server.kill()
    mortal.server.start()
    mortal.connect()
    seen: set[str] = set()
    while len(seen) < 40:
        seen |= {one.message.attributes["objectId"] for one in mortal.pulled(name, 1)}
    assert seen == {str(number) for number in range(40)}


def test_a_key_of_the_customers_own_opens_what_it_closed(cloud: Any) -> None:
    """Nobody else's does, and without it nobody sees the checksums."""
    bucket, key, other = cloud.bucket(), b"k" * 32, b"o" * 32
    bucket.blob("x", encryption_key=key).upload_from_string("secret")
    assert bucket.blob("x", encryption_key=key).download_as_bytes() == b"secret"
    for wrong in (None, other):
        with pytest.raises(exceptions.BadRequest, match="encrypt"):
            bucket.blob("x", encryption_key=wrong).download_as_bytes()
    shown = bucket.get_blob("x")
    assert (shown.crc32c, shown.md5_hash, shown._properties["customerEncryption"]["encryptionAlgorithm"]) == (
        None,
        None,
        "AES256",
    )
    turned = bucket.blob("x", encryption_key=other)
    turned.rewrite(bucket.blob("x", encryption_key=key))
    assert bucket.blob("x", encryption_key=other).download_as_bytes() == b"secret"
    bucket.blob("plain").upload_from_string("x")
    with pytest.raises(exceptions.BadRequest, match="not encrypted"):
        bucket.blob("plain", encryption_key=key).download_as_bytes()


def test_a_disabled_key_stops_the_topics_under_it(cloud: Any) -> None:
    """Publishing and pulling, until it is enabled again."""
    key = cloud.key()
    topic = cloud.topic(kms_key_name=key)
    name = cloud.subscription(topic)
    cloud.publish(topic, b"before")
    version = {"name": f"{key}/cryptoKeyVersions/1", "state": "DISABLED"}
    cloud.kms.update_crypto_key_version(crypto_key_version=version, update_mask={"paths": ["state"]})
    with pytest.raises(exceptions.FailedPrecondition, match="is not enabled"):
        cloud.publish(topic, b"meanwhile")
    with pytest.raises(exceptions.FailedPrecondition):
        cloud.pull(name)
    version["state"] = "ENABLED"
    cloud.kms.update_crypto_key_version(crypto_key_version=version, update_mask={"paths": ["state"]})
    assert [one.message.data for one in cloud.pulled(name, 1)] == [b"before"]
    with pytest.raises(exceptions.NotFound):
        cloud.topic(kms_key_name=f"{key}x")


def test_a_large_rewrite_goes_in_steps(cloud: Any) -> None:
    """Each gives a token to go on with; nothing is there before the last."""
    bucket = cloud.bucket()
    source, target = bucket.blob("large"), bucket.blob("copy")
    source.upload_from_string(b"x" * (5 * MIB))
    path = f"/b/{bucket.name}/o/large/rewriteTo/b/{bucket.name}/o/copy"
    token, seen = None, []
    while True:
        query = {"maxBytesRewrittenPerCall": str(2 * MIB)} | ({"rewriteToken": token} if token else {})
        answer = cloud.storage._post_resource(path, {}, query_params=query)
        seen.append((int(answer["totalBytesRewritten"]), answer["done"]))
        token = answer.get("rewriteToken")
        if not token:
            break
        assert not target.exists()
    assert seen == [(2 * MIB, False), (4 * MIB, False), (5 * MIB, True)]
    assert bucket.get_blob("copy").crc32c == bucket.get_blob("large").crc32c
    with pytest.raises(exceptions.BadRequest, match="token"):
        cloud.storage._post_resource(path, {}, query_params={"rewriteToken": "bm9uc2Vuc2UvMQ=="})


def test_lists_of_who_may_are_kept_where_access_is_not_uniform(cloud: Any) -> None:
    """Where it is, Google's error says so."""
    bucket = cloud.bucket()
    blob = bucket.blob("x")
    blob.upload_from_string("x")
    blob.make_public()
    blob.acl.reload()
    assert {"entity": "allUsers", "role": "READER"} in list(blob.acl)
    bucket.acl.user("ann@example.com").grant_read()
    bucket.acl.save()
    bucket.acl.reload()
    assert {"entity": "user-ann@example.com", "role": "READER"} in list(bucket.acl)
    bucket.default_object_acl.reload()
    assert any(entry["role"] == "OWNER" for entry in bucket.default_object_acl)
    uniform = cloud.storage.bucket(f"{bucket.name}-uniform")
    uniform.iam_configuration.uniform_bucket_level_access_enabled = True
    uniform.create()
    with pytest.raises(exceptions.BadRequest, match="uniform bucket-level access"):
        uniform.acl.reload()


def test_a_batch_does_several_calls_in_one(cloud: Any) -> None:
    """Each has its own answer, also where it fails."""
    bucket = cloud.bucket()
    blobs = [bucket.blob(str(number)) for number in range(3)]
    for blob in blobs:
        blob.upload_from_string("x")
    with cloud.storage.batch():
        for blob in blobs[:2]:
            blob.metadata = {"a": "b"}
            blob.patch()
    assert [bucket.get_blob(blob.name).metadata for blob in blobs] == [{"a": "b"}, {"a": "b"}, None]
    with pytest.raises(exceptions.NotFound), cloud.storage.batch():
        blobs[0].delete()
        bucket.blob("missing").delete()
    assert [blob.name for blob in bucket.list_blobs()] == ["1", "2"]


def test_hmac_keys_live(cloud: Any) -> None:
    """Made, switched off, deleted."""
    key, secret = cloud.storage.create_hmac_key(f"url-signer@{PROJECT}.iam.gserviceaccount.com")
    assert (len(secret), key.state, key.access_id[:5]) == (40, "ACTIVE", "GOOG1")
    with pytest.raises(exceptions.BadRequest, match="ACTIVE"):
        cloud.storage._delete_resource(key.path)
    key.state = "INACTIVE"
    key.update()
    key.delete()
    assert key.access_id not in {one.access_id for one in cloud.storage.list_hmac_keys()}


def test_a_key_file_gets_tokens(cloud: Any) -> None:
    """By the real flow of google-auth, at the address in the file."""
    import google.auth.transport.requests

    credentials = cloud.service_account("token-user").with_scopes(["https://www.googleapis.com/auth/cloud-platform"])
    credentials.refresh(google.auth.transport.requests.Request())
    assert credentials.token.count(".") == 2
    client = Client(project=PROJECT, credentials=credentials, client_options={"api_endpoint": cloud.server.http})
    assert client.bucket("no-such-bucket").exists() is False
