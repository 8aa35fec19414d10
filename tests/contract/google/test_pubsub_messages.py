"""Messages, by Google's own client: delivered, acknowledged, delivered again, dead-lettered, ordered, sought."""

from __future__ import annotations

import datetime
import queue
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
import requests
from google.api_core import exceptions
from google.cloud import pubsub_v1
from google.cloud.pubsub_v1.subscriber.exceptions import AcknowledgeError, AcknowledgeStatus

Until = Callable[..., None]


def acknowledge(cloud: Any, subscription: str, received: list[Any]) -> None:
    """Acknowledges what was received."""
    cloud.subscriber.acknowledge(subscription=subscription, ack_ids=[one.ack_id for one in received])


def extend(cloud: Any, subscription: str, received: list[Any], seconds: int) -> None:
    """Moves the deadline of what was received."""
    ids = [one.ack_id for one in received]
    cloud.subscriber.modify_ack_deadline(subscription=subscription, ack_ids=ids, ack_deadline_seconds=seconds)


def data(received: list[Any]) -> list[bytes]:
    """The payloads of what was received."""
    return [one.message.data for one in received]


def test_every_subscription_gets_every_message_once(cloud: Any) -> None:
    """With its attributes, its id and its time; those from before the subscription don't come."""
    topic = cloud.topic()
    cloud.publish(topic, b"before")
    names = [cloud.subscription(topic), cloud.subscription(topic)]
    ids = cloud.publish(topic, b"x" * 240_000, frame="1", kind="é")
    for name in names:
        (received,) = cloud.pull(name)
        message = received.message
        assert (message.data, dict(message.attributes)) == (b"x" * 240_000, {"frame": "1", "kind": "é"})
        assert (message.message_id, received.delivery_attempt) == (ids[0], 0)
        assert abs(message.publish_time.timestamp() - time.time()) < 5
        acknowledge(cloud, name, [received])
        assert cloud.pull(name) == []


def test_a_filter_decides_what_comes(cloud: Any) -> None:
    """What it leaves out is as if acknowledged."""
    topic = cloud.topic()
    name = cloud.subscription(topic, filter='attributes.origin = "gcp" AND NOT hasPrefix(attributes.type, "test.")')
    cloud.publish(topic, b"1", origin="aws", type="a")
    cloud.publish(topic, b"2", origin="gcp", type="a")
    cloud.publish(topic, b"3", origin="gcp", type="test.a")
    assert data(cloud.pull(name)) == [b"2"]


@pytest.mark.parametrize(
    "messages",
    [
        [],
        [{}],
        [{"data": b"x"}] * 1001,
        [{"data": b"x" * 10_000_001}],
        [{"data": b"x", "attributes": {"goog-x": "1"}}],
        [{"data": b"x", "attributes": {"a": "1" * 1025}}],
    ],
)
def test_a_publish_beyond_the_limits_is_refused(cloud: Any, messages: list[dict[str, Any]]) -> None:
    """Whole."""
    with pytest.raises(exceptions.InvalidArgument):
        cloud.publisher.publish(topic=cloud.topic(), messages=messages)


def test_a_pull_waits_for_a_message(cloud: Any) -> None:
    """And has it as soon as it is published."""
    topic = cloud.topic()
    name = cloud.subscription(topic)
    timer = threading.Timer(0.2, cloud.publish, (topic, b"late"))
    timer.start()
    begun = time.monotonic()
    assert data(list(cloud.subscriber.pull(subscription=name, max_messages=1).received_messages)) == [b"late"]
    assert time.monotonic() - begun < 1.5
    timer.join()


def test_a_message_comes_back_when_its_deadline_is_over(cloud: Any) -> None:
    """Not before; and an acknowledgement that comes too late doesn't count."""
    topic = cloud.topic()
    name = cloud.subscription(topic)
    cloud.publish(topic, b"x")
    first = cloud.pull(name)
    extend(cloud, name, first, 1)
    begun = time.monotonic()
    assert cloud.pull(name) == []
    second = cloud.pulled(name, 1)
    assert 0.9 < time.monotonic() - begun < 3
    acknowledge(cloud, name, first)
    extend(cloud, name, second, 0)
    assert data(cloud.pulled(name, 1)) == [b"x"]


def test_a_retry_policy_makes_each_next_try_wait_longer(cloud: Any) -> None:
    """From the least to the most backoff."""
    topic = cloud.topic()
    backoff = {"minimum_backoff": {"nanos": 200_000_000}, "maximum_backoff": {"nanos": 500_000_000}}
    name = cloud.subscription(topic, retry_policy=backoff)
    cloud.publish(topic, b"x")
    waits, received = [], cloud.pulled(name, 1)
    for _ in range(3):
        extend(cloud, name, received, 0)
        begun = time.monotonic()
        received = cloud.pulled(name, 1)
        waits.append(time.monotonic() - begun)
    assert [0.18 < waits[0] < 0.4, 0.38 < waits[1] < 0.5, 0.48 < waits[2] < 0.8] == [True] * 3, waits


def test_the_last_attempt_ends_in_the_dead_letter_topic(cloud: Any, until: Until) -> None:
    """With where it came from in its attributes."""
    topic, dead = cloud.topic(), cloud.topic()
    graveyard = cloud.subscription(dead)
    policy = {"dead_letter_topic": dead, "max_delivery_attempts": 5}
    name = cloud.subscription(topic, dead_letter_policy=policy)
    cloud.publish(topic, b"poison", frame="7")
    attempts = []
    for _ in range(5):
        received = cloud.pulled(name, 1)
        attempts.append(received[0].delivery_attempt)
        extend(cloud, name, received, 0)
    assert attempts == [1, 2, 3, 4, 5]
    (letter,) = cloud.pulled(graveyard, 1)
    source = "CloudPubSubDeadLetterSource"
    attributes = dict(letter.message.attributes)
    assert "T" in attributes.pop(f"{source}TopicPublishTime")
    assert letter.message.data == b"poison"
    assert attributes == {
        "frame": "7",
        f"{source}DeliveryCount": "5",
        f"{source}Subscription": name.rpartition("/")[2],
        f"{source}SubscriptionProject": "isthmus-dev",
    }
    assert cloud.pull(name) == []


def test_a_message_stays_when_its_dead_letter_topic_is_gone(cloud: Any) -> None:
    """Nothing is lost because there is nowhere to put it."""
    topic, dead = cloud.topic(), cloud.topic()
    policy = {"dead_letter_topic": dead, "max_delivery_attempts": 5}
    name = cloud.subscription(topic, dead_letter_policy=policy)
    cloud.publisher.delete_topic(topic=dead)
    cloud.publish(topic, b"kept")
    for _ in range(7):
        received = cloud.pulled(name, 1)
        extend(cloud, name, received, 0)
    assert data(cloud.pulled(name, 1)) == [b"kept"]


def test_an_ordering_key_keeps_its_order(cloud: Any) -> None:
    """The next message of a key comes when the one before is acknowledged; another key doesn't wait."""
    topic = cloud.topic()
    name = cloud.subscription(topic, enable_message_ordering=True)
    messages = [{"data": f"{key}{number}".encode(), "ordering_key": key} for number in range(3) for key in "ab"]
    cloud.publisher.publish(topic=topic, messages=messages)
    got: list[bytes] = []
    while len(got) < 6:
        received = cloud.pulled(name, 1)
        if len(got) == 2:
            extend(cloud, name, received, 0)
            received = cloud.pulled(name, 1)
        got += data(received)
        acknowledge(cloud, name, received)
    assert [one for one in got if one[:1] == b"a"] == [b"a0", b"a1", b"a2"]
    assert [one for one in got if one[:1] == b"b"] == [b"b0", b"b1", b"b2"]


def test_a_stream_delivers_acknowledges_and_keeps_to_its_flow_control(cloud: Any, until: Until) -> None:
    """The high-level subscriber of Google's client gets everything once, and never more than it asked for."""
    from google.cloud import pubsub_v1

    topic = cloud.topic()
    name = cloud.subscription(topic)
    cloud.publish(topic, *(f"{number}".encode() for number in range(300)))
    got: list[bytes] = []
    subscriber = pubsub_v1.SubscriberClient(transport=cloud.subscriber.transport)

    def handle(message: Any) -> None:
        got.append(message.data)
        message.ack()

    future = subscriber.subscribe(name, handle, flow_control=pubsub_v1.types.FlowControl(max_messages=20))
    until(lambda: len(got) >= 300)
    future.cancel()
    future.result(timeout=10)
    assert sorted(got) == sorted(f"{number}".encode() for number in range(300))
    assert cloud.pull(name) == []


def test_a_stream_sends_no_more_than_is_outstanding(cloud: Any, until: Until) -> None:
    """And goes on once something is acknowledged; it ends when the subscription is deleted."""
    topic = cloud.topic()
    name = cloud.subscription(topic)
    cloud.publish(topic, *[b"x"] * 10)
    more, ended = threading.Event(), threading.Event()
    got: list[Any] = []

    def requests() -> Any:
        yield {"subscription": name, "stream_ack_deadline_seconds": 10, "max_outstanding_messages": 4}
        more.wait(10)
        yield {"ack_ids": [got[0].ack_id, got[1].ack_id]}
        ended.wait(10)

    def read() -> None:
        with pytest.raises(exceptions.NotFound):
            for response in stream:
                got.extend(response.received_messages)

    from google.pubsub_v1 import types

    stream = cloud.subscriber.streaming_pull(requests=(types.StreamingPullRequest(one) for one in requests()))
    reader = threading.Thread(target=read)
    reader.start()
    until(lambda: len(got) == 4)
    more.set()
    until(lambda: len(got) == 6)
    cloud.subscriber.delete_subscription(subscription=name)
    reader.join(timeout=5)
    ended.set()
    assert not reader.is_alive() and len(got) == 6


def test_a_seek_to_a_time_drops_what_is_older(cloud: Any) -> None:
    """Leased or not."""
    topic = cloud.topic()
    name = cloud.subscription(topic)
    cloud.publish(topic, b"1", b"2")
    cloud.pull(name, 1)
    time.sleep(0.01)
    cloud.subscriber.seek(request={"subscription": name, "time": datetime.datetime.now(datetime.UTC)})
    cloud.publish(topic, b"3")
    assert data(cloud.pulled(name, 1)) == [b"3"]


@pytest.mark.parametrize("who", ["topic", "subscription"])
def test_a_seek_back_brings_what_was_acknowledged_and_retained(cloud: Any, who: str) -> None:
    """By the subscription, or by the topic, whose subscription may be newer than the message."""
    begun = datetime.datetime.now(datetime.UTC)
    topic = cloud.topic(**({"message_retention_duration": {"seconds": 600}} if who == "topic" else {}))
    if who == "topic":
        cloud.publish(topic, b"0")
    name = cloud.subscription(topic, retain_acked_messages=who == "subscription")
    cloud.publish(topic, b"1", b"2")
    acknowledge(cloud, name, cloud.pulled(name, 2)[:1])
    cloud.subscriber.seek(request={"subscription": name, "time": begun})
    expected = [b"1", b"2"] if who == "subscription" else [b"0", b"1", b"2"]
    assert data(cloud.pulled(name, len(expected))) == expected


def test_a_snapshot_brings_back_what_was_not_acknowledged_and_all_since(cloud: Any) -> None:
    """To any subscription of the topic."""
    topic = cloud.topic()
    name = cloud.subscription(topic)
    cloud.publish(topic, b"1", b"2")
    acknowledge(cloud, name, cloud.pull(name, 1))
    snapshot = name.replace("subscriptions", "snapshots")
    kept = cloud.subscriber.create_snapshot(name=snapshot, subscription=name)
    assert kept.topic == topic
    cloud.publish(topic, b"3")
    cloud.subscriber.seek(request={"subscription": name, "time": datetime.datetime.now(datetime.UTC)})
    assert cloud.pull(name) == []
    for subscription in (name, cloud.subscription(topic)):
        cloud.subscriber.seek(request={"subscription": subscription, "snapshot": snapshot})
        assert data(cloud.pulled(subscription, 2)) == [b"2", b"3"]
    cloud.subscriber.delete_snapshot(snapshot=snapshot)
    with pytest.raises(exceptions.NotFound):
        cloud.subscriber.seek(request={"subscription": name, "snapshot": snapshot})


def test_an_exactly_once_subscription_says_when_a_lease_is_over(cloud: Any) -> None:
    """An acknowledgement that doesn't count is an error there."""
    topic = cloud.topic()
    name = cloud.subscription(topic, enable_exactly_once_delivery=True)
    cloud.publish(topic, b"x")
    received = cloud.pulled(name, 1)
    acknowledge(cloud, name, received)
    late = received[0].ack_id
    for call in (
        lambda: acknowledge(cloud, name, received),
        lambda: cloud.subscriber.modify_ack_deadline(subscription=name, ack_ids=[late], ack_deadline_seconds=20),
    ):
        with pytest.raises(exceptions.InvalidArgument, match="Some acknowledgement ids in the request were") as refused:
            call()
        assert (refused.value.reason, refused.value.domain) == ("EXACTLY_ONCE_ACKID_FAILURE", "pubsub.googleapis.com")
        assert refused.value.metadata == {late: "PERMANENT_FAILURE_INVALID_ACK_ID"}
    url = f"{cloud.server.http}/v1/{name}:acknowledge"
    answer = requests.post(url, json={"ackIds": [late]}, timeout=5).json()["error"]
    assert (answer["code"], answer["status"]) == (400, "INVALID_ARGUMENT")
    kind, info = "type.googleapis.com/google.rpc.ErrorInfo", refused.value
    metadata = dict(info.metadata)
    assert answer["details"] == [{"@type": kind, "reason": info.reason, "domain": info.domain, "metadata": metadata}]


def test_a_stream_of_an_exactly_once_subscription_confirms_each_acknowledgement(cloud: Any) -> None:
    """And each deadline that was moved; what is over is named."""
    topic = cloud.topic()
    name = cloud.subscription(topic, enable_exactly_once_delivery=True)
    cloud.publish(topic, b"1", b"2")
    one, two = (received.ack_id for received in cloud.pulled(name, 2))
    first = {"subscription": name, "stream_ack_deadline_seconds": 10, "ack_ids": [one, "gone"]}
    asked = {"modify_deadline_ack_ids": [two, one], "modify_deadline_seconds": [30, 30]}
    told = list(cloud.subscriber.streaming_pull(iter([first, asked])))
    assert told[0].subscription_properties.exactly_once_delivery_enabled
    acknowledged = [each.acknowledge_confirmation for each in told if "acknowledge_confirmation" in each]
    assert [(list(each.ack_ids), list(each.invalid_ack_ids)) for each in acknowledged] == [([one], ["gone"])]
    moved = [each.modify_ack_deadline_confirmation for each in told if "modify_ack_deadline_confirmation" in each]
    assert [(list(each.ack_ids), list(each.invalid_ack_ids)) for each in moved] == [([two], [one])]


def test_who_acknowledges_with_a_response_learns_whether_it_counted(cloud: Any) -> None:
    """With the high-level client: what was acknowledged before is not acknowledged again."""
    topic = cloud.topic()
    name = cloud.subscription(topic, enable_exactly_once_delivery=True)
    answers: queue.Queue[Any] = queue.Queue()

    def receive(message: Any) -> None:
        if message.data == b"late":
            cloud.subscriber.acknowledge(subscription=name, ack_ids=[message.ack_id])
        answers.put(message.ack_with_response())

    client = pubsub_v1.SubscriberClient(transport=cloud.subscriber.transport)
    pulling = client.subscribe(name, receive)
    # One after the other: the client takes all of a request for refused when one of it is.
    cloud.publish(topic, b"good")
    assert answers.get(timeout=10).result(timeout=10) is AcknowledgeStatus.SUCCESS
    cloud.publish(topic, b"late")
    with pytest.raises(AcknowledgeError) as refused:
        answers.get(timeout=10).result(timeout=10)
    assert refused.value.error_code is AcknowledgeStatus.INVALID_ACK_ID
    pulling.cancel()
    pulling.result(timeout=10)
