"""Topics, subscriptions, buckets, keys and services on the local Google Cloud."""

from __future__ import annotations

import json
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from isthmus.rehearsal.realize.base import RealizeError

_MEMBER = "serviceAccount:agent@isthmus-dev.iam.gserviceaccount.com"


def _topic(google: Any, name: str) -> Any:
    return google.create("google_pubsub_topic", name=name, project="isthmus-dev")


def _key(google: Any) -> str:
    """A key that topics and buckets may be under."""
    place = {"project": "isthmus-dev", "location": "us-central1"}
    ring = google.create("google_kms_key_ring", name="keys", **place)
    return str(google.create("google_kms_crypto_key", name="data", key_ring=ring["id"])["id"])


def test_a_topic_lives(google: Any) -> None:
    """Labels change in place; made again it is taken over."""
    arguments = {
        "name": "news",
        "project": "isthmus-dev",
        "kms_key_name": _key(google),
        "message_storage_policy": [{"allowed_persistence_regions": ["us-central1"]}],
    }
    topic = google.create("google_pubsub_topic", **arguments)
    assert topic["id"] == "projects/isthmus-dev/topics/news"
    assert google.create("google_pubsub_topic", **arguments)["id"] == topic["id"]
    topic = google.update("google_pubsub_topic", topic, **arguments, labels={"a": "b"})
    assert topic["effective_labels"] == {"a": "b", "managed_by": "terraform"}
    google.delete("google_pubsub_topic", topic)
    google.assert_gone("google_pubsub_topic", topic)


def _push(topic: Any, letters: Any, **different: Any) -> dict[str, Any]:
    token = {"audience": "isthmus", "service_account_email": "push@isthmus-dev.iam.gserviceaccount.com"}
    return {
        "name": "pushed",
        "project": "isthmus-dev",
        "topic": topic["id"],
        "ack_deadline_seconds": 60,
        "message_retention_duration": "604800s",
        "filter": 'attributes.origin = "gcp"',
        "push_config": [{"push_endpoint": "http://127.0.0.1:9/push", "oidc_token": [token]}],
        "retry_policy": [{"minimum_backoff": "1s", "maximum_backoff": "60s"}],
        "dead_letter_policy": [{"dead_letter_topic": letters["id"], "max_delivery_attempts": 20}],
        "expiration_policy": [{"ttl": ""}],
        **different,
    }


def test_a_push_subscription_lives(google: Any) -> None:
    """Filter, token, backoff, dead letters and no expiry stay as they were configured; what can change does."""
    topic, letters = _topic(google, "source"), _topic(google, "letters")
    state = google.create("google_pubsub_subscription", **_push(topic, letters))
    assert state["id"] == "projects/isthmus-dev/subscriptions/pushed"
    slower = {"ack_deadline_seconds": 90, "retry_policy": [{"minimum_backoff": "2s", "maximum_backoff": "600s"}]}
    state = google.update("google_pubsub_subscription", state, **_push(topic, letters, **slower))
    google.ctx.subscriber().modify_push_config(subscription=state["id"], push_config={})
    assert google.read("google_pubsub_subscription", state)["push_config"] == []
    google.delete("google_pubsub_subscription", state)
    google.assert_gone("google_pubsub_subscription", state)


def test_a_pull_subscription_lives(google: Any) -> None:
    """By the topic's id, without push."""
    topic = _topic(google, "pulled")
    arguments = {"name": "pulled", "topic": topic["id"], "project": "isthmus-dev", "expiration_policy": [{"ttl": ""}]}
    state = google.create("google_pubsub_subscription", **arguments, ack_deadline_seconds=60)
    state = google.update("google_pubsub_subscription", state, **arguments, ack_deadline_seconds=30, labels={"a": "b"})
    google.delete("google_pubsub_subscription", state)
    google.assert_gone("google_pubsub_subscription", state)


def test_members_live_beside_each_other(google: Any) -> None:
    """Each is a resource of its own, in one policy, also when they are made at once."""
    topic = _topic(google, "granted")
    subscription = google.create("google_pubsub_subscription", name="granted", topic=topic["id"], project="isthmus-dev")
    bucket = google.create(
        "google_storage_bucket", name="isthmus-granted", location="US-CENTRAL1", project="isthmus-dev"
    )
    ring = google.create("google_kms_key_ring", name="granted", location="us-central1", project="isthmus-dev")
    key = google.create("google_kms_crypto_key", name="granted", key_ring=ring["id"])
    service = google.create("google_cloud_run_v2_service", **_service("isthmus-granted"))
    place = {"project": "isthmus-dev", "location": "us-central1"}
    cases = (
        ("google_pubsub_topic_iam_member", {"topic": topic["name"], "project": "isthmus-dev"}),
        ("google_pubsub_subscription_iam_member", {"subscription": subscription["name"], "project": "isthmus-dev"}),
        ("google_storage_bucket_iam_member", {"bucket": bucket["name"]}),
        ("google_kms_crypto_key_iam_member", {"crypto_key_id": key["id"]}),
        ("google_cloud_run_v2_service_iam_member", {"name": service["name"], **place}),
    )
    for type_name, of in cases:
        roles = [f"roles/test.r{number}" for number in range(4)]
        with ThreadPoolExecutor(4) as pool:
            create = lambda role, type_name=type_name, of=of: google.create(type_name, role=role, member=_MEMBER, **of)  # noqa: E731
            first, *others = pool.map(create, roles)
        google.delete(type_name, first)
        google.assert_gone(type_name, first)
        for other in others:
            google.assert_settled(type_name, other)
    google.delete("google_cloud_run_v2_service", service)


def test_a_member_of_what_is_gone_is_gone(google: Any) -> None:
    """A refresh after somebody deleted the topic says so, and a delete is fine."""
    topic = _topic(google, "vanishing")
    member = google.create("google_pubsub_topic_iam_member", topic="vanishing", role="roles/a.b", member=_MEMBER)
    google.delete("google_pubsub_topic", topic)
    google.assert_gone("google_pubsub_topic_iam_member", member)
    google.delete("google_pubsub_topic_iam_member", member)


def _bucket(google: Any, **different: Any) -> dict[str, Any]:
    noncurrent = {"days_since_noncurrent_time": 7, "with_state": "ARCHIVED"}
    rules = [
        {"action": [{"type": "Delete"}], "condition": [noncurrent]},
        {"action": [{"type": "AbortIncompleteMultipartUpload"}], "condition": [{"age": 7}]},
    ]
    return {
        "name": "isthmus-lives",
        "project": "isthmus-dev",
        "location": "US-CENTRAL1",
        "public_access_prevention": "enforced",
        "storage_class": "STANDARD",
        "uniform_bucket_level_access": True,
        "encryption": [{"default_kms_key_name": _key(google)}],
        "soft_delete_policy": [{"retention_duration_seconds": 0}],
        "versioning": [{"enabled": True}],
        "lifecycle_rule": rules,
        **different,
    }


def test_a_bucket_lives(google: Any) -> None:
    """It is kept while it holds objects, unless it may be emptied."""
    bucket = google.create("google_storage_bucket", **_bucket(google))
    assert (bucket["url"], bucket["id"]) == ("gs://isthmus-lives", "isthmus-lives")
    bucket = google.update(
        "google_storage_bucket", bucket, **_bucket(google, labels={"a": "b"}, versioning=[{"enabled": False}])
    )
    assert google.create("google_storage_bucket", **_bucket(google, labels={"a": "b"}, versioning=[{"enabled": False}]))
    google.ctx.storage().bucket("isthmus-lives").blob("k").upload_from_string(b"1")
    with pytest.raises(RealizeError, match=r"deleting Bucket \(isthmus-lives\)"):
        google.delete("google_storage_bucket", bucket)
    google.delete("google_storage_bucket", {**bucket, "force_destroy": True})
    google.assert_gone("google_storage_bucket", bucket)


def test_a_bucket_is_put_right_when_somebody_changed_it(google: Any) -> None:
    """What was configured and is no more is drift."""
    bucket = google.create("google_storage_bucket", **_bucket(google, name="isthmus-drift"))
    there = google.ctx.storage().bucket("isthmus-drift")
    there.reload()
    there.versioning_enabled = False
    there.patch()
    assert google.read("google_storage_bucket", bucket)["versioning"] == [{"enabled": False}]
    google.delete("google_storage_bucket", bucket)


def test_a_location_in_small_letters_is_no_drift(google: Any) -> None:
    """Cloud Storage answers in capitals; the state keeps the configuration's spelling."""
    bucket = google.create("google_storage_bucket", **_bucket(google, name="isthmus-small", location="us-central1"))
    google.delete("google_storage_bucket", bucket)


def test_a_key_lives_and_its_ring_stays(google: Any) -> None:
    """A key ring can't be deleted; made again it is taken over. A key's versions are destroyed."""
    place = {"name": "ring", "location": "us-central1", "project": "isthmus-dev"}
    ring = google.create("google_kms_key_ring", **place)
    assert google.create("google_kms_key_ring", **place)["id"] == ring["id"]
    arguments = {
        "name": "lives",
        "key_ring": ring["id"],
        "purpose": "ENCRYPT_DECRYPT",
        "destroy_scheduled_duration": "604800s",
        "version_template": [{"algorithm": "GOOGLE_SYMMETRIC_ENCRYPTION", "protection_level": "SOFTWARE"}],
    }
    key = google.create("google_kms_crypto_key", **arguments, rotation_period="7776000s")
    assert key["primary"][0]["state"] == "ENABLED"
    key = google.update("google_kms_crypto_key", key, **arguments, rotation_period="8640000s", labels={"a": "b"})
    google.delete("google_kms_crypto_key", key)
    google.assert_gone("google_kms_crypto_key", key)
    google.delete("google_kms_key_ring", ring)


def test_keys_and_rings_that_a_destroyed_stack_left_are_used_again(google: Any) -> None:
    """Neither name can be deleted: an environment that is made anew finds both, and the key works again."""
    ring = google.create("google_kms_key_ring", name="again", location="us-central1", project="isthmus-dev")
    arguments = {"name": "again", "key_ring": ring["id"], "rotation_period": "7776000s"}
    key = google.create("google_kms_crypto_key", **arguments)
    google.delete("google_kms_crypto_key", key)
    key = google.create("google_kms_crypto_key", **arguments)
    assert key["primary"][0]["state"] == "ENABLED"
    answer = google.ctx.kms().encrypt(name=key["id"], plaintext=b"text")
    assert google.ctx.kms().decrypt(name=key["id"], ciphertext=answer.ciphertext).plaintext == b"text"


def _service(name: str, **different: Any) -> dict[str, Any]:
    variables = {
        "ISTHMUS_CLOUD": "gcp",
        "ISTHMUS_ROLE": "ingest",
        "ISTHMUS_PREFIX": "isthmus-dev",
        "ISTHMUS_ENVIRONMENT": "dev",
        "ISTHMUS_GCP_PROJECT": "isthmus-dev",
        "ISTHMUS_PUBSUB_TOPIC": "projects/isthmus-dev/topics/isthmus-dev-events",
        "ISTHMUS_AWS_REGION": "us-east-1",
        "ISTHMUS_SNS_TOPIC_ARN": "arn:aws:sns:us-east-1:000000000000:isthmus-dev-events",
        "ISTHMUS_SENDERS": json.dumps({}),
    }
    probe = {"failure_threshold": 10, "period_seconds": 2, "timeout_seconds": 1, "http_get": [{"path": "/healthz"}]}
    container = {
        "image": "us-central1-docker.pkg.dev/isthmus-dev/isthmus/functions:dev",
        "env": [{"name": key, "value": value} for key, value in variables.items()],
        "ports": [{"container_port": 8080}],
        "resources": [{"cpu_idle": True, "limits": {"cpu": "1", "memory": "512Mi"}, "startup_cpu_boost": True}],
        "startup_probe": [probe],
    }
    template = {
        "max_instance_request_concurrency": 80,
        "service_account": "isthmus-dev-ingest@isthmus-dev.iam.gserviceaccount.com",
        "timeout": "25s",
        "scaling": [{"max_instance_count": 2, "min_instance_count": 0}],
        "containers": [container],
    }
    return {
        "name": name,
        "project": "isthmus-dev",
        "location": "us-central1",
        "custom_audiences": [name],
        "deletion_protection": False,
        "ingress": "INGRESS_TRAFFIC_ALL",
        "invoker_iam_disabled": False,
        "template": [template],
        **different,
    }


def test_a_service_lives_and_answers(google: Any) -> None:
    """Its process serves at its `uri`, which an update keeps."""
    service = google.create("google_cloud_run_v2_service", **_service("isthmus-lives"))
    assert service["id"] == "projects/isthmus-dev/locations/us-central1/services/isthmus-lives"
    assert service["latest_ready_revision"]
    changed = google.update("google_cloud_run_v2_service", service, **_service("isthmus-lives", description="Changed."))
    assert changed["uri"] == service["uri"]
    with urllib.request.urlopen(f"{changed['uri']}/healthz", timeout=10) as answer:
        assert answer.status == 200
    with pytest.raises(RealizeError, match="deletion_protection"):
        google.delete("google_cloud_run_v2_service", {**changed, "deletion_protection": True})
    google.delete("google_cloud_run_v2_service", changed)
    google.assert_gone("google_cloud_run_v2_service", changed)
