"""The calls that move messages: publish, pull, streaming pull, acknowledge."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence
from typing import Any

import grpc
from google.protobuf import empty_pb2
from google.pubsub_v1 import types

from isthmus.local.google.pubsub.checks import check_messages
from isthmus.local.google.pubsub.queue import Lease, Queue
from isthmus.local.google.pubsub.store import PubSub, not_ready
from isthmus.local.google.refusals import error_info
from isthmus.local.google.rpc import Gate, Method, RpcError, authorization_of, invalid, refuse

PULL_WAIT_SECONDS = 5.0
"""How long a pull waits for a first message. Google's waits for a time that it doesn't promise."""

STREAM_BATCH = 1000
_RESPONSE_BYTES = 8 * 1024 * 1024
_IDLE_SECONDS = 30.0
_MOST_FAILED = 100
"""Ids named in one refusal: gRPC's clients take no more than 8 KiB of it."""

_Received = types.ReceivedMessage.pb()
_PullResponse = types.PullResponse.pb()
_StreamingPullResponse = types.StreamingPullResponse.pb()
_Acknowledged = _StreamingPullResponse.AcknowledgeConfirmation
_Extended = _StreamingPullResponse.ModifyAckDeadlineConfirmation
_PublishResponse = types.PublishResponse.pb()


class Data:
    """Answers those calls.

    Args:
        state: Topics, subscriptions and messages.
        gate: Counts the streams and checks their callers.
    """

    def __init__(self, state: PubSub, gate: Gate) -> None:
        self._state = state
        self._gate = gate

    def publisher(self) -> dict[str, Method]:
        """Those of google.pubsub.v1.Publisher."""
        return {"Publish": (self._publish, types.PublishRequest.pb())}

    def subscriber(self) -> dict[str, Method]:
        """Those of google.pubsub.v1.Subscriber, without the stream."""
        return {
            "Pull": (self._pull, types.PullRequest.pb()),
            "Acknowledge": (self._acknowledge, types.AcknowledgeRequest.pb()),
            "ModifyAckDeadline": (self._modify_ack_deadline, types.ModifyAckDeadlineRequest.pb()),
        }

    async def _publish(self, request: Any) -> Any:
        self._state.topic(request.topic)
        check_messages(request.messages)
        return _PublishResponse(message_ids=await self._state.publish(request.topic, request.messages))

    async def _pull(self, request: Any) -> Any:
        queue = self._pullable(request.subscription)
        if request.max_messages <= 0:
            raise invalid("The value for max_messages is too small. The minimum value is 1.")
        if not request.return_immediately:
            await queue.until_ready(PULL_WAIT_SECONDS)
        limit = min(request.max_messages, STREAM_BATCH)
        leases = queue.lease(limit, queue.config.ack_deadline_seconds, _RESPONSE_BYTES)
        return _PullResponse(received_messages=await self._received(queue, leases))

    async def _acknowledge(self, request: Any) -> Any:
        queue = self._state.queue(request.subscription)
        if not request.ack_ids:
            raise invalid("The request must contain at least one ack id.")
        late = await self._state.acknowledge(queue, request.ack_ids)
        if late and queue.config.enable_exactly_once_delivery:
            raise _late(late)
        return empty_pb2.Empty()

    def _modify_ack_deadline(self, request: Any) -> Any:
        queue = self._state.queue(request.subscription)
        if not 0 <= request.ack_deadline_seconds <= 600:
            raise invalid("Invalid ack deadline given. The ack deadline must be between 0 and 600 seconds.")
        late = [one for one in request.ack_ids if not queue.extend(one, request.ack_deadline_seconds)]
        if late and queue.config.enable_exactly_once_delivery:
            raise _late(late)
        return empty_pb2.Empty()

    def _pullable(self, name: str) -> Queue:
        queue = self._state.queue(name)
        if queue.config.detached:
            raise not_ready("The subscription is detached.")
        if queue.pushes:
            raise not_ready("This method is not supported for push subscriptions.")
        self._state.check_key(queue.config.topic)
        return queue

    async def streaming_pull(self, requests: AsyncIterator[Any], context: Any) -> AsyncIterator[Any]:
        """Answers StreamingPull: messages one way, acknowledgements and deadlines the other."""
        try:
            first = await _first(requests)
            self._gate.enter("pubsub.StreamingPull", first, authorization_of(context))
            stream = _Stream(self._state, self._pullable, first)
            async for response in stream.responses(requests, self._received):
                yield response
        except RpcError as error:
            await refuse(context, error)

    async def _received(self, queue: Queue, leases: list[Lease]) -> list[Any]:
        self._state.remember_attempts(queue, (lease.delivery for lease in leases))
        payloads = await self._state.payloads(leases)
        counted = bool(queue.config.dead_letter_policy.dead_letter_topic)
        return [_received(lease, data, counted) for lease, data in zip(leases, payloads, strict=True)]


class _Stream:
    """One stream: what it may still send, and what it was told."""

    def __init__(self, state: PubSub, pullable: Any, first: Any) -> None:
        self._state = state
        self._pullable = pullable
        self._queue: Queue = pullable(first.subscription)
        self._first = first
        self._deadline = first.stream_ack_deadline_seconds or self._queue.config.ack_deadline_seconds
        if not 10 <= self._deadline <= 600:
            raise invalid("Invalid stream ack deadline given. It must be between 10 and 600 seconds.")
        self._most = first.max_outstanding_messages if first.max_outstanding_messages > 0 else 1 << 60
        self._most_bytes = first.max_outstanding_bytes if first.max_outstanding_bytes > 0 else 1 << 60
        self._outstanding: dict[str, int] = {}
        self._confirmed: list[Any] = []

    async def responses(self, requests: AsyncIterator[Any], received: Any) -> AsyncIterator[Any]:
        """Yields what is to be sent until the client is done."""
        queue = self._queue
        # Clients wait for a first response to learn the subscription's properties.
        yield self._response([])
        reader = asyncio.create_task(self._read(requests))
        reader.add_done_callback(lambda _: queue.notify())
        try:
            while not reader.done():
                self._pullable(queue.name)
                for response in self._confirmations():
                    yield response
                queue.wake()
                leases = self._lease()
                if leases:
                    yield self._response(await received(queue, leases))
                else:
                    await queue.change(_IDLE_SECONDS)
            for response in self._confirmations():
                yield response
            if not reader.cancelled() and (error := reader.exception()):
                raise error
        finally:
            reader.cancel()
            with contextlib.suppress(asyncio.CancelledError, Exception):
                await reader

    def _lease(self) -> list[Lease]:
        queue = self._queue
        self._outstanding = {key: size for key, size in self._outstanding.items() if queue.holds(key)}
        free = self._most - len(self._outstanding)
        free_bytes = self._most_bytes - sum(self._outstanding.values())
        if free <= 0 or free_bytes <= 0:
            return []
        leases = queue.lease(min(free, STREAM_BATCH), self._deadline, min(free_bytes, _RESPONSE_BYTES))
        self._outstanding |= {lease.ack_id: lease.delivery.message.size_bytes for lease in leases}
        return leases

    def _confirmations(self) -> list[Any]:
        """What the client is to learn of its acknowledgements, once."""
        confirmed, self._confirmed = self._confirmed, []
        return [self._response([], **one) for one in confirmed]

    def _response(self, messages: list[Any], **confirmed: Any) -> Any:
        response = _StreamingPullResponse(received_messages=messages, **confirmed)
        properties = response.subscription_properties
        properties.exactly_once_delivery_enabled = self._queue.config.enable_exactly_once_delivery
        properties.message_ordering_enabled = self._queue.config.enable_message_ordering
        return response

    async def _read(self, requests: AsyncIterator[Any]) -> None:
        await self._obey(self._first)
        async for request in requests:
            if request.subscription:
                raise invalid("The subscription can only be set in the first request of a stream.")
            if request.stream_ack_deadline_seconds:
                self._deadline = request.stream_ack_deadline_seconds
            await self._obey(request)

    async def _obey(self, request: Any) -> None:
        if len(request.modify_deadline_ack_ids) != len(request.modify_deadline_seconds):
            raise invalid("modify_deadline_ack_ids and modify_deadline_seconds must have the same size.")
        if request.ack_ids:
            late = await self._state.acknowledge(self._queue, request.ack_ids)
            self._confirm("acknowledge_confirmation", _Acknowledged, request.ack_ids, late)
        if request.modify_deadline_ack_ids:
            pairs = zip(request.modify_deadline_ack_ids, request.modify_deadline_seconds, strict=True)
            late = [ack_id for ack_id, seconds in pairs if not self._queue.extend(ack_id, seconds)]
            self._confirm("modify_ack_deadline_confirmation", _Extended, request.modify_deadline_ack_ids, late)

    def _confirm(self, field: str, kind: Any, ack_ids: Sequence[str], late: Sequence[str]) -> None:
        """Says which ids counted, as Pub/Sub does of exactly-once subscriptions alone."""
        if self._queue.config.enable_exactly_once_delivery:
            good = [one for one in ack_ids if one not in late]
            self._confirmed.append({field: kind(ack_ids=good, invalid_ack_ids=late)})
            self._queue.notify()


async def _first(requests: AsyncIterator[Any]) -> Any:
    async for request in requests:
        if not request.subscription:
            break
        return request
    raise invalid("The first request of a stream must name its subscription.")


def _late(ack_ids: list[str]) -> RpcError:
    message = (
        "Some acknowledgement ids in the request were invalid. This could be because the acknowledgement ids have "
        "expired or the acknowledgement ids were malformed."
    )
    failed = dict.fromkeys(ack_ids[:_MOST_FAILED], "PERMANENT_FAILURE_INVALID_ACK_ID")
    info = error_info("EXACTLY_ONCE_ACKID_FAILURE", "pubsub.googleapis.com", failed)
    return RpcError(grpc.StatusCode.INVALID_ARGUMENT, message, info)


def _received(lease: Lease, data: bytes, counted: bool) -> Any:
    message = lease.delivery.message
    received = _Received(ack_id=lease.ack_id, delivery_attempt=lease.delivery.attempts if counted else 0)
    content = received.message
    content.data = data
    content.attributes.update(message.attributes)
    content.message_id = str(message.id)
    content.ordering_key = message.ordering_key
    content.publish_time.FromNanoseconds(message.published_ns)
    return received
