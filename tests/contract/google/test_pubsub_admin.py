"""Topics, subscriptions, snapshots and policies, by Google's own client: kept, changed, refused as Pub/Sub does."""

from __future__ import annotations

from typing import Any

import grpc
import pytest
from google.api_core import exceptions
from google.protobuf import duration_pb2, field_mask_pb2

PROJECT = "projects/isthmus-dev"
NOWHERE = f"{PROJECT}/topics/nowhere"


def test_a_topic_is_there_once_and_gone_when_deleted(cloud: Any) -> None:
    """With the errors of both."""
    key = cloud.key()
    name = cloud.topic(labels={"a": "b"}, kms_key_name=key)
    topic = cloud.publisher.get_topic(topic=name)
    assert (dict(topic.labels), topic.kms_key_name) == ({"a": "b"}, key)
    with pytest.raises(exceptions.AlreadyExists):
        cloud.publisher.create_topic(name=name)
    assert name in [topic.name for topic in cloud.publisher.list_topics(project=PROJECT)]
    cloud.publisher.delete_topic(topic=name)
    with pytest.raises(exceptions.NotFound):
        cloud.publisher.get_topic(topic=name)
    with pytest.raises(exceptions.NotFound):
        cloud.publish(name, b"x")


def test_an_update_changes_what_its_mask_names(cloud: Any) -> None:
    """Nothing else, down to one field of a field."""
    name = cloud.topic(labels={"a": "b"}, message_retention_duration={"seconds": 600})
    wanted = {"name": name, "labels": {"c": "d"}}
    changed = cloud.publisher.update_topic(topic=wanted, update_mask=field_mask_pb2.FieldMask(paths=["labels"]))
    assert (dict(changed.labels), changed.message_retention_duration.total_seconds()) == ({"c": "d"}, 600)
    subscription = cloud.subscription(name, ack_deadline_seconds=20, retry_policy={"minimum_backoff": {"seconds": 1}})
    wanted = {"name": subscription, "retry_policy": {"maximum_backoff": {"seconds": 5}}}
    mask = field_mask_pb2.FieldMask(paths=["retry_policy.maximum_backoff"])
    policy = cloud.subscriber.update_subscription(subscription=wanted, update_mask=mask).retry_policy
    assert (policy.minimum_backoff.total_seconds(), policy.maximum_backoff.total_seconds()) == (1, 5)
    found = cloud.subscriber.get_subscription(subscription=subscription)
    assert (found.retry_policy, found.ack_deadline_seconds) == (policy, 20)


def test_defaults_are_filled_in(cloud: Any) -> None:
    """Those of Pub/Sub."""
    found = cloud.subscriber.get_subscription(subscription=cloud.subscription(cloud.topic()))
    assert found.ack_deadline_seconds == 10
    assert found.message_retention_duration.total_seconds() == 7 * 86400
    assert found.expiration_policy.ttl.total_seconds() == 31 * 86400


@pytest.mark.parametrize(
    "settings",
    [
        {"ack_deadline_seconds": 9},
        {"ack_deadline_seconds": 601},
        {"filter": "attributes.a = b"},
        {"dead_letter_policy": {"dead_letter_topic": NOWHERE, "max_delivery_attempts": 4}},
        {"retry_policy": {"minimum_backoff": {"seconds": 601}}},
        {"message_retention_duration": {"seconds": 599}},
        {"push_config": {"push_endpoint": "nowhere"}},
    ],
)
def test_a_wrong_setting_is_refused(cloud: Any, settings: dict[str, Any]) -> None:
    """As an invalid argument, and nothing is made."""
    topic = cloud.topic()
    with pytest.raises(exceptions.InvalidArgument):
        cloud.subscription(topic, **settings)
    assert not list(cloud.publisher.list_topic_subscriptions(topic=topic))


def test_what_it_cannot_do_is_refused_by_name(cloud: Any) -> None:
    """A field, or a method, is never dropped silently."""
    with pytest.raises(exceptions.MethodNotImplemented, match="bigquery_config"):
        cloud.subscription(cloud.topic(), bigquery_config={"table": "a.b.c"})
    with pytest.raises(exceptions.NotFound):
        cloud.subscription(cloud.topic(), dead_letter_policy={"dead_letter_topic": NOWHERE})
    call = cloud.channel.unary_unary("/google.pubsub.v1.Publisher/Nonsense")
    with pytest.raises(grpc.RpcError, match=r"google\.pubsub\.v1\.Publisher/Nonsense is not implemented"):
        call(b"")


@pytest.mark.parametrize("name", ["ab", "1abc", "googabc", "a b c", "x" * 256])
def test_a_wrong_name_is_refused(cloud: Any, name: str) -> None:
    """By the naming rules."""
    with pytest.raises(exceptions.InvalidArgument):
        cloud.publisher.create_topic(name=f"{PROJECT}/topics/{name}")


def test_what_cannot_change_is_refused(cloud: Any) -> None:
    """The filter of a subscription, and a field that isn't one."""
    name = cloud.subscription(cloud.topic(), filter="attributes:a")
    for path in ("filter", "nonsense"):
        wanted = {"name": name, "filter": "attributes:b"}
        with pytest.raises(exceptions.InvalidArgument):
            mask = field_mask_pb2.FieldMask(paths=[path])
            cloud.subscriber.update_subscription(subscription=wanted, update_mask=mask)


def test_a_deleted_topic_leaves_its_subscriptions(cloud: Any) -> None:
    """With what they have, and without a topic."""
    topic = cloud.topic()
    name = cloud.subscription(topic)
    cloud.publish(topic, b"x")
    cloud.publisher.delete_topic(topic=topic)
    assert cloud.subscriber.get_subscription(subscription=name).topic == "_deleted-topic_"
    assert [one.message.data for one in cloud.pull(name)] == [b"x"]


def test_listings_come_in_pages(cloud: Any) -> None:
    """Each name once."""
    topic = cloud.topic()
    names = [cloud.subscription(topic) for _ in range(5)]
    found = cloud.publisher.list_topic_subscriptions(request={"topic": topic, "page_size": 2})
    assert sorted(found) == sorted(names)


def test_a_policy_is_kept_guarded_and_goes_with_its_resource(cloud: Any) -> None:
    """For topics and subscriptions; a resource that isn't there has none."""
    topic = cloud.topic()
    for client, name in ((cloud.publisher, topic), (cloud.subscriber, cloud.subscription(topic))):
        first = client.get_iam_policy(request={"resource": name})
        bindings = [{"role": "roles/pubsub.publisher", "members": ["user:a@example.com"]}]
        wanted = {"resource": name, "policy": {"bindings": bindings, "etag": first.etag}}
        kept = client.set_iam_policy(request=wanted)
        assert client.get_iam_policy(request={"resource": name}) == kept
        with pytest.raises(exceptions.Aborted):
            client.set_iam_policy(request=wanted)
        asked = {"resource": name, "permissions": ["pubsub.topics.publish"]}
        assert list(client.test_iam_permissions(request=asked).permissions) == ["pubsub.topics.publish"]
    cloud.publisher.delete_topic(topic=topic)
    with pytest.raises(exceptions.NotFound):
        cloud.publisher.get_iam_policy(request={"resource": topic})
    cloud.publisher.create_topic(name=topic)
    assert not cloud.publisher.get_iam_policy(request={"resource": topic}).bindings


def test_a_push_endpoint_comes_and_goes(cloud: Any) -> None:
    """A push subscription can't be pulled."""
    name = cloud.subscription(cloud.topic(), push_config={"push_endpoint": "http://127.0.0.1:9/push"})
    with pytest.raises(exceptions.FailedPrecondition, match="push subscriptions"):
        cloud.pull(name)
    cloud.subscriber.modify_push_config(subscription=name, push_config={})
    assert cloud.pull(name) == []


def test_retention_is_shown_on_the_subscription(cloud: Any) -> None:
    """The topic's too."""
    topic = cloud.topic(message_retention_duration=duration_pb2.Duration(seconds=900))
    found = cloud.subscriber.get_subscription(subscription=cloud.subscription(topic))
    assert found.topic_message_retention_duration.total_seconds() == 900
