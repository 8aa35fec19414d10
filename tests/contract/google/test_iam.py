"""IAM policies belong to a resource: none without it, and none left behind for the next one of its name."""

from __future__ import annotations

from typing import Any

import pytest
from google.api_core import exceptions

MEMBER = "serviceAccount:a@example.com"
NOWHERE = "projects/isthmus-dev"
RING = f"{NOWHERE}/locations/us-central1/keyRings/no-such-ring"


def give(client: Any, resource: str) -> None:
    """Lets somebody publish to it or subscribe to it."""
    policy = client.get_iam_policy(request={"resource": resource})
    policy.bindings.add(role="roles/pubsub.editor", members=[MEMBER])
    client.set_iam_policy(request={"resource": resource, "policy": policy})


@pytest.mark.parametrize("resource", [f"{NOWHERE}/topics/none", f"{NOWHERE}/subscriptions/none"])
def test_what_is_not_there_has_no_policy(cloud: Any, resource: str) -> None:
    """Neither to read nor to write."""
    client = cloud.publisher if "topics" in resource else cloud.subscriber
    with pytest.raises(exceptions.NotFound):
        client.get_iam_policy(request={"resource": resource})
    with pytest.raises(exceptions.NotFound):
        client.set_iam_policy(request={"resource": resource, "policy": {"version": 1}})
    asked = {"resource": resource, "permissions": ["pubsub.topics.get"]}
    # No error, but no permission (google.iam.v1.IAMPolicy, TestIamPermissions).
    assert not client.test_iam_permissions(request=asked).permissions


@pytest.mark.parametrize("resource", [RING, f"{RING}/cryptoKeys/none"])
def test_neither_has_a_key_that_is_not_there(cloud: Any, resource: str) -> None:
    """Nor its ring."""
    with pytest.raises(exceptions.NotFound):
        cloud.kms.get_iam_policy(request={"resource": resource})
    with pytest.raises(exceptions.NotFound):
        cloud.kms.set_iam_policy(request={"resource": resource, "policy": {"version": 1}})


def test_nor_a_bucket(cloud: Any) -> None:
    """The JSON API's own policies."""
    with pytest.raises(exceptions.NotFound):
        cloud.storage.bucket("no-such-bucket").get_iam_policy()


def test_a_topic_made_again_inherits_nobody(cloud: Any) -> None:
    """It has only its name in common."""
    topic = cloud.topic()
    give(cloud.publisher, topic)
    cloud.publisher.delete_topic(topic=topic)
    cloud.publisher.create_topic(name=topic)
    assert not cloud.publisher.get_iam_policy(request={"resource": topic}).bindings


def test_a_subscription_made_again_inherits_nobody(cloud: Any) -> None:
    """As a topic."""
    topic = cloud.topic()
    name = cloud.subscription(topic)
    give(cloud.subscriber, name)
    cloud.subscriber.delete_subscription(subscription=name)
    cloud.subscriber.create_subscription(name=name, topic=topic)
    assert not cloud.subscriber.get_iam_policy(request={"resource": name}).bindings


def test_a_bucket_made_again_inherits_nobody(cloud: Any) -> None:
    """As a topic."""
    bucket = cloud.bucket()
    policy = bucket.get_iam_policy()
    policy.bindings.append({"role": "roles/storage.admin", "members": {MEMBER}})
    bucket.set_iam_policy(policy)
    bucket.delete()
    bucket.create(location="us-central1")
    assert not any(MEMBER in binding["members"] for binding in bucket.get_iam_policy().bindings)


def test_nobody_is_inherited_through_a_kill(mortal: Any) -> None:
    """The topic's deletion was acknowledged; so it took its policy along, whenever the server ended."""
    topics = [mortal.topic() for _ in range(20)]
    for topic in topics:
        give(mortal.publisher, topic)
    for topic in topics:
        mortal.publisher.delete_topic(topic=topic)
    mortal.server.kill()
    mortal.server.start()
    mortal.connect()
    for topic in topics:
        mortal.publisher.create_topic(name=topic)
        assert not mortal.publisher.get_iam_policy(request={"resource": topic}).bindings
