"""Pub/Sub over gRPC: google.pubsub.v1.Publisher and Subscriber."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import grpc
from google.protobuf import empty_pb2
from google.pubsub_v1 import types

from isthmus.adapters.calls import Calls
from isthmus.local.google.pubsub.checks import apply_mask, check_messages, check_name, complete_subscription
from isthmus.local.google.pubsub.errors import PubSubError, invalid
from isthmus.local.google.pubsub.queue import Lease, Queue
from isthmus.local.google.pubsub.store import PubSub

PULL_WAIT_SECONDS = 2.0
"""How long a pull waits for a first message. Google's waits for a time that it doesn't promise."""

STREAM_BATCH = 100
_EMPTY = empty_pb2.Empty
Handler = Callable[[Any], Awaitable[Any]]


class PubSubService:
    """Answers the calls of both services.

    Args:
        state: Topics, subscriptions and messages.
        calls: Where calls are counted.
    """

    def __init__(self, state: PubSub, calls: Calls) -> None:
        self._state = state
        self._calls = calls

    def add_to(self, server: grpc.aio.Server) -> None:
        """Registers both services."""
        publisher: dict[str, tuple[Handler, Any]] = {
            "CreateTopic": (self._create_topic, types.Topic),
            "UpdateTopic": (self._update_topic, types.UpdateTopicRequest),
            "Publish": (self._publish, types.PublishRequest),
            "GetTopic": (self._get_topic, types.GetTopicRequest),
            "ListTopics": (self._list_topics, types.ListTopicsRequest),
            "ListTopicSubscriptions": (self._list_topic_subscriptions, types.ListTopicSubscriptionsRequest),
            "DeleteTopic": (self._delete_topic, types.DeleteTopicRequest),
        }
        subscriber: dict[str, tuple[Handler, Any]] = {
            "CreateSubscription": (self._create_subscription, types.Subscription),
            "GetSubscription": (self._get_subscription, types.GetSubscriptionRequest),
            "UpdateSubscription": (self._update_subscription, types.UpdateSubscriptionRequest),
            "ListSubscriptions": (self._list_subscriptions, types.ListSubscriptionsRequest),
            "DeleteSubscription": (self._delete_subscription, types.DeleteSubscriptionRequest),
            "ModifyAckDeadline": (self._modify_ack_deadline, types.ModifyAckDeadlineRequest),
            "Acknowledge": (self._acknowledge, types.AcknowledgeRequest),
            "Pull": (self._pull, types.PullRequest),
            "ModifyPushConfig": (self._modify_push_config, types.ModifyPushConfigRequest),
            "Seek": (self._seek, types.SeekRequest),
        }
        stream = grpc.stream_stream_rpc_method_handler(
            self._streaming_pull, types.StreamingPullRequest.pb().FromString, _serialize
        )
        server.add_generic_rpc_handlers(
            (
                grpc.method_handlers_generic_handler("google.pubsub.v1.Publisher", self._handlers(publisher)),
                grpc.method_handlers_generic_handler(
                    "google.pubsub.v1.Subscriber", self._handlers(subscriber) | {"StreamingPull": stream}
                ),
            )
        )

    def _handlers(self, methods: dict[str, tuple[Handler, Any]]) -> dict[str, grpc.RpcMethodHandler]:
        return {
            name: grpc.unary_unary_rpc_method_handler(
                self._guarded(name, method), request.pb().FromString, _serialize
            )
            for name, (method, request) in methods.items()
        }

    def _guarded(self, name: str, method: Handler) -> Callable[[Any, grpc.aio.ServicerContext], Awaitable[Any]]:
        async def call(request: Any, context: grpc.aio.ServicerContext) -> Any:
            self._calls.add(f"pubsub.{name}")
            try:
                return await method(request)
            except PubSubError as error:
                await context.abort(error.code, error.message)

        return call

    async def _create_topic(self, request: Any) -> Any:
        check_name(request.name)
        request.state = 1
        return await self._state.create_topic(request)

    async def _update_topic(self, request: Any) -> Any:
        current = self._state.topic(request.topic.name)
        return await self._state.put_topic(apply_mask(current, request.topic, request.update_mask.paths))

    async def _publish(self, request: Any) -> Any:
        check_messages(request.messages)
        return types.PublishResponse.pb()(message_ids=await self._state.publish(request.topic, request.messages))

    async def _get_topic(self, request: Any) -> Any:
        return self._state.topic(request.topic)

    async def _list_topics(self, request: Any) -> Any:
        found = [topic for topic in self._state.topics() if topic.name.startswith(request.project + "/")]
        return types.ListTopicsResponse.pb()(topics=found)

    async def _list_topic_subscriptions(self, request: Any) -> Any:
        self._state.topic(request.topic)
        names = [queue.name for queue in self._state.queues() if queue.config.topic == request.topic]
        return types.ListTopicSubscriptionsResponse.pb()(subscriptions=names)

    async def _delete_topic(self, request: Any) -> Any:
        await self._state.delete_topic(request.topic)
        return _EMPTY()

    async def _create_subscription(self, request: Any) -> Any:
        check_name(request.name)
        return await self._state.create_subscription(complete_subscription(request))

    async def _get_subscription(self, request: Any) -> Any:
        return self._state.queue(request.subscription).config

    async def _update_subscription(self, request: Any) -> Any:
        current = self._state.queue(request.subscription.name).config
        changed = apply_mask(current, request.subscription, request.update_mask.paths)
        return await self._state.update_subscription(complete_subscription(changed))

    async def _list_subscriptions(self, request: Any) -> Any:
        found = [q.config for q in self._state.queues() if q.name.startswith(request.project + "/")]
        return types.ListSubscriptionsResponse.pb()(subscriptions=found)

    async def _delete_subscription(self, request: Any) -> Any:
        await self._state.delete_subscription(request.subscription)
        return _EMPTY()

    async def _modify_push_config(self, request: Any) -> Any:
        changed = types.Subscription.pb()()
        changed.CopyFrom(self._state.queue(request.subscription).config)
        changed.push_config.CopyFrom(request.push_config)
        await self._state.update_subscription(changed)
        return _EMPTY()

    async def _modify_ack_deadline(self, request: Any) -> Any:
        queue = self._state.queue(request.subscription)
        for ack_id in request.ack_ids:
            queue.extend(ack_id, request.ack_deadline_seconds)
        return _EMPTY()

    async def _acknowledge(self, request: Any) -> Any:
        await self._state.acknowledge(request.subscription, request.ack_ids)
        return _EMPTY()

    async def _seek(self, request: Any) -> Any:
        if request.WhichOneof("target") != "time":
            raise PubSubError(grpc.StatusCode.UNIMPLEMENTED, "Seek to a snapshot is not implemented here; seek to a time.")
        await self._state.seek(request.subscription, request.time.seconds * 1_000_000_000 + request.time.nanos)
        return types.SeekResponse.pb()()

    async def _pull(self, request: Any) -> Any:
        queue = self._state.queue(request.subscription)
        if request.max_messages <= 0:
            raise invalid("The value for max_messages must be greater than 0.")
        if not request.return_immediately:
            await wait_for_messages(queue, PULL_WAIT_SECONDS)
        leases = queue.lease(min(request.max_messages, 1000), queue.config.ack_deadline_seconds)
        return types.PullResponse.pb()(received_messages=self._received(queue, leases))

    async def _streaming_pull(
        self, requests: AsyncIterator[Any], context: grpc.aio.ServicerContext
    ) -> AsyncIterator[Any]:
        self._calls.add("pubsub.StreamingPull")
        first = await anext(aiter(requests))
        try:
            queue = self._state.queue(first.subscription)
        except PubSubError as error:
            await context.abort(error.code, error.message)
        deadline = first.stream_ack_deadline_seconds or queue.config.ack_deadline_seconds
        reader = asyncio.create_task(self._read_stream(queue, requests))
        try:
            while not reader.done():
                await wait_for_messages(queue, PULL_WAIT_SECONDS)
                leases = queue.lease(min(first.max_outstanding_messages or STREAM_BATCH, STREAM_BATCH), deadline)
                if leases:
                    yield types.StreamingPullResponse.pb()(received_messages=self._received(queue, leases))
        finally:
            reader.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await reader

    async def _read_stream(self, queue: Queue, requests: AsyncIterator[Any]) -> None:
        async for request in requests:
            if request.ack_ids:
                await self._state.acknowledge(queue.name, request.ack_ids)
            for ack_id, seconds in zip(
                request.modify_deadline_ack_ids, request.modify_deadline_seconds, strict=False
            ):
                queue.extend(ack_id, seconds)

    def _received(self, queue: Queue, leases: list[Lease]) -> list[Any]:
        self._state.remember_attempts(queue, (lease.delivery for lease in leases))
        counted = bool(queue.config.dead_letter_policy.dead_letter_topic)
        return [_received_message(lease, counted) for lease in leases]


async def wait_for_messages(queue: Queue, seconds: float) -> None:
    """Waits until a queue may have something to lease, at most so long."""
    loop = asyncio.get_running_loop()
    end = loop.time() + seconds
    while not queue.waiting() and (left := end - loop.time()) > 0:
        queue.changed.clear()
        next_seconds = queue.seconds_to_next()
        pause = left if next_seconds is None else min(left, next_seconds + 0.001)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(queue.changed.wait(), pause)


def _received_message(lease: Lease, counted: bool) -> Any:
    message = lease.delivery.message
    received = types.ReceivedMessage.pb()(
        ack_id=lease.ack_id, delivery_attempt=lease.delivery.attempts if counted else 0
    )
    received.message.data = message.data
    received.message.attributes.update(message.attributes)
    received.message.message_id = str(message.id)
    received.message.ordering_key = message.ordering_key
    received.message.publish_time.FromNanoseconds(message.published_ns)
    return received


def _serialize(message: Any) -> bytes:
    data: bytes = message.SerializeToString()
    return data
