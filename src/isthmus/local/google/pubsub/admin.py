"""The calls that manage topics, subscriptions and snapshots."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from google.protobuf import empty_pb2
from google.pubsub_v1 import types

from isthmus.local.google.pages import page
from isthmus.local.google.pubsub import seeking
from isthmus.local.google.pubsub.checks import check_name, complete_subscription, complete_topic, not_found, updated
from isthmus.local.google.pubsub.store import DELETED_TOPIC, PubSub
from isthmus.local.google.rpc import Method

Subscription = types.Subscription.pb()
Snapshot = types.Snapshot.pb()


class Admin:
    """Answers those calls.

    Args:
        state: Topics, subscriptions and messages.
    """

    def __init__(self, state: PubSub) -> None:
        self._state = state

    def publisher(self) -> dict[str, Method]:
        """Those of google.pubsub.v1.Publisher."""
        return {
            "CreateTopic": (self._create_topic, types.Topic.pb()),
            "UpdateTopic": (self._update_topic, types.UpdateTopicRequest.pb()),
            "GetTopic": (lambda request: self._state.topic(request.topic), types.GetTopicRequest.pb()),
            "ListTopics": (self._list_topics, types.ListTopicsRequest.pb()),
            "ListTopicSubscriptions": (self._list_topic_subscriptions, types.ListTopicSubscriptionsRequest.pb()),
            "ListTopicSnapshots": (self._list_topic_snapshots, types.ListTopicSnapshotsRequest.pb()),
            "DeleteTopic": (self._delete_topic, types.DeleteTopicRequest.pb()),
            "DetachSubscription": (self._detach, types.DetachSubscriptionRequest.pb()),
        }

    def subscriber(self) -> dict[str, Method]:
        """Those of google.pubsub.v1.Subscriber."""
        return {
            "CreateSubscription": (self._create_subscription, Subscription),
            "GetSubscription": (self._get_subscription, types.GetSubscriptionRequest.pb()),
            "UpdateSubscription": (self._update_subscription, types.UpdateSubscriptionRequest.pb()),
            "ListSubscriptions": (self._list_subscriptions, types.ListSubscriptionsRequest.pb()),
            "DeleteSubscription": (self._delete_subscription, types.DeleteSubscriptionRequest.pb()),
            "ModifyPushConfig": (self._modify_push_config, types.ModifyPushConfigRequest.pb()),
            "CreateSnapshot": (self._create_snapshot, types.CreateSnapshotRequest.pb()),
            "GetSnapshot": (self._get_snapshot, types.GetSnapshotRequest.pb()),
            "ListSnapshots": (self._list_snapshots, types.ListSnapshotsRequest.pb()),
            "UpdateSnapshot": (self._update_snapshot, types.UpdateSnapshotRequest.pb()),
            "DeleteSnapshot": (self._delete_snapshot, types.DeleteSnapshotRequest.pb()),
            "Seek": (self._seek, types.SeekRequest.pb()),
        }

    async def _create_topic(self, request: Any) -> Any:
        check_name(request.name, "topics")
        return await self._state.create_topic(complete_topic(request))

    async def _update_topic(self, request: Any) -> Any:
        changed = updated(self._state.topic(request.topic.name), request.topic, request.update_mask.paths)
        return await self._state.put_topic(complete_topic(changed))

    def _list_topics(self, request: Any) -> Any:
        names, token = page(_of(self._state.topics, request.project), request)
        found = [self._state.topics[name] for name in names]
        return types.ListTopicsResponse.pb()(topics=found, next_page_token=token)

    def _list_topic_subscriptions(self, request: Any) -> Any:
        self._state.topic(request.topic)
        of_topic = [name for name, queue in self._state.queues.items() if queue.config.topic == request.topic]
        names, token = page(of_topic, request)
        return types.ListTopicSubscriptionsResponse.pb()(subscriptions=names, next_page_token=token)

    def _list_topic_snapshots(self, request: Any) -> Any:
        self._state.topic(request.topic)
        of_topic = [name for name, (one, _) in self._state.snapshots.items() if one.topic == request.topic]
        names, token = page(of_topic, request)
        return types.ListTopicSnapshotsResponse.pb()(snapshots=names, next_page_token=token)

    async def _delete_topic(self, request: Any) -> Any:
        await self._state.delete_topic(request.topic)
        return empty_pb2.Empty()

    async def _detach(self, request: Any) -> Any:
        queue = self._state.queue(request.subscription)
        changed = _copy(queue.config)
        changed.detached, changed.topic = True, DELETED_TOPIC
        dropped = self._state.released(queue, queue.drop(lambda message: True))
        await self._state.update_subscription(changed)
        await self._state.database.commit(dropped)
        return types.DetachSubscriptionResponse.pb()()

    async def _create_subscription(self, request: Any) -> Any:
        check_name(request.name, "subscriptions")
        return self._shown(await self._state.create_subscription(complete_subscription(request)))

    def _get_subscription(self, request: Any) -> Any:
        return self._shown(self._state.queue(request.subscription).config)

    async def _update_subscription(self, request: Any) -> Any:
        current = self._state.queue(request.subscription.name).config
        changed = complete_subscription(updated(current, request.subscription, request.update_mask.paths))
        return self._shown(await self._state.update_subscription(changed))

    def _list_subscriptions(self, request: Any) -> Any:
        names, token = page(_of(self._state.queues, request.project), request)
        found = [self._shown(self._state.queues[name].config) for name in names]
        return types.ListSubscriptionsResponse.pb()(subscriptions=found, next_page_token=token)

    async def _delete_subscription(self, request: Any) -> Any:
        await self._state.delete_subscription(request.subscription)
        return empty_pb2.Empty()

    async def _modify_push_config(self, request: Any) -> Any:
        changed = _copy(self._state.queue(request.subscription).config)
        changed.push_config.CopyFrom(request.push_config)
        await self._state.update_subscription(complete_subscription(changed))
        return empty_pb2.Empty()

    async def _create_snapshot(self, request: Any) -> Any:
        check_name(request.name, "snapshots")
        return await seeking.create_snapshot(self._state, request, Snapshot())

    def _get_snapshot(self, request: Any) -> Any:
        return self._snapshot(request.snapshot)

    def _list_snapshots(self, request: Any) -> Any:
        names, token = page(_of(self._state.snapshots, request.project), request)
        found = [self._state.snapshots[name][0] for name in names]
        return types.ListSnapshotsResponse.pb()(snapshots=found, next_page_token=token)

    async def _update_snapshot(self, request: Any) -> Any:
        changed = updated(self._snapshot(request.snapshot.name), request.snapshot, request.update_mask.paths)
        return await seeking.update_snapshot(self._state, changed)

    async def _delete_snapshot(self, request: Any) -> Any:
        await seeking.delete_snapshot(self._state, request.snapshot)
        return empty_pb2.Empty()

    async def _seek(self, request: Any) -> Any:
        if request.WhichOneof("target") == "snapshot":
            await seeking.seek_to_snapshot(self._state, request.subscription, request.snapshot)
        else:
            await seeking.seek_to_time(self._state, request.subscription, request.time.ToNanoseconds())
        return types.SeekResponse.pb()()

    def _snapshot(self, name: str) -> Any:
        if name not in self._state.snapshots:
            raise not_found(name)
        return self._state.snapshots[name][0]

    def _shown(self, config: Any) -> Any:
        """The subscription with what Pub/Sub tells of its topic."""
        topic = self._state.topics.get(config.topic)
        if topic is None or not topic.HasField("message_retention_duration"):
            return config
        shown = _copy(config)
        shown.topic_message_retention_duration.CopyFrom(topic.message_retention_duration)
        return shown


def _copy(config: Any) -> Any:
    copied = Subscription()
    copied.CopyFrom(config)
    return copied


def _of(names: Any, project: str) -> Sequence[str]:
    return [name for name in names if name.startswith(project + "/")]
