"""Push: each subscription with an endpoint gets its messages posted, a few at a time, with a signed token."""

from __future__ import annotations

import asyncio
import base64
import datetime
import logging
import sqlite3
from typing import Any

import msgspec

from isthmus.adapters.calls import Calls
from isthmus.local.google.oidc import TokenSigner
from isthmus.local.google.pubsub.post import Poster, PostError
from isthmus.local.google.pubsub.queue import Lease, Queue
from isthmus.local.google.pubsub.store import PubSub
from isthmus.local.google.refusals import RpcError

ACKNOWLEDGING = frozenset({102, 200, 201, 202, 204})
"""Statuses that acknowledge a push (Pub/Sub documentation, "Receive push messages", 2026-11)."""

WINDOW = 8
"""Pushes under way at once for a subscription. Google grows its window from a small start, and promises no size."""

_IDLE_SECONDS = 30.0
_AGAIN_SECONDS = 1.0
_log = logging.getLogger("isthmus.local.google")


class Pusher:
    """Posts the messages of the push subscriptions.

    Args:
        signer: Signs the tokens.
        calls: Where pushes are counted, as `pubsub.Push`.
    """

    def __init__(self, signer: TokenSigner, calls: Calls) -> None:
        self._signer = signer
        self._calls = calls
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._queues: dict[str, Queue] = {}
        self._poster = Poster()
        self._state: PubSub | None = None

    def watch(self, queue: Queue | None, name: str) -> None:
        """Begins or ends pushing for a subscription; given to `PubSub` as its listener."""
        if queue is None or not queue.pushes:
            self._queues.pop(name, None)
            task = self._tasks.pop(name, None)
            if task:
                task.cancel()
            return
        self._queues[name] = queue
        if self._state is not None and name not in self._tasks:
            self._start(self._state, queue)

    async def start(self, state: PubSub) -> None:
        """Begins to push for all subscriptions known so far."""
        self._state = state
        for queue in self._queues.values():
            self._start(state, queue)

    async def stop(self) -> None:
        """Ends all pushing; what is under way is delivered again later."""
        for task in self._tasks.values():
            task.cancel()
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)
        self._poster.close()

    def _start(self, state: PubSub, queue: Queue) -> None:
        self._tasks[queue.name] = asyncio.create_task(self._push_all(state, queue), name=f"push {queue.name}")

    async def _push_all(self, state: PubSub, queue: Queue) -> None:
        window = asyncio.Semaphore(WINDOW)
        async with asyncio.TaskGroup() as pushes:
            while not queue.gone:
                await window.acquire()
                leases: list[Lease] = []
                while not leases and not queue.gone:
                    await queue.until_ready(_IDLE_SECONDS)
                    leases = queue.lease(1, queue.config.ack_deadline_seconds)
                for lease in leases:
                    pushes.create_task(self._push(state, queue, lease, window))

    async def _push(self, state: PubSub, queue: Queue, lease: Lease, window: asyncio.Semaphore) -> None:
        """Pushes one message; whatever happens to it, the others go on."""
        try:
            if await self._acknowledged(state, queue, lease):
                await state.acknowledge(queue, [lease.ack_id])
                return
        except sqlite3.Error as error:
            _log.warning("%s: a push could not be recorded and is repeated: %s", queue.name, error)
            await asyncio.sleep(_AGAIN_SECONDS)
        except Exception:
            _log.exception("%s: a message could not be pushed", queue.name)
            await asyncio.sleep(_AGAIN_SECONDS)
        finally:
            window.release()
        state.remember_attempts(queue, [lease.delivery])
        queue.give_back(lease.ack_id)

    async def _acknowledged(self, state: PubSub, queue: Queue, lease: Lease) -> bool:
        try:
            state.check_key(queue.config.topic)
        except RpcError:
            return False
        config = queue.config.push_config
        headers = {"content-type": "application/json", "user-agent": "CloudPubSub-Google"}
        if config.oidc_token.service_account_email:
            audience = config.oidc_token.audience or config.push_endpoint
            headers["authorization"] = f"Bearer {self._signer.token(config.oidc_token.service_account_email, audience)}"
        data = (await state.payloads([lease]))[0]
        if config.HasField("no_wrapper"):
            content = data
            if config.no_wrapper.write_metadata:
                headers |= _metadata(queue, lease)
        else:
            content = _wrapped(queue, lease, data)
        self._calls.add("pubsub.Push")
        try:
            status = await self._poster.post(config.push_endpoint, headers, content, queue.config.ack_deadline_seconds)
        except PostError:
            return False
        return status in ACKNOWLEDGING


def _wrapped(queue: Queue, lease: Lease, data: bytes) -> bytes:
    message = lease.delivery.message
    published = _rfc3339(message.published_ns)
    body: dict[str, Any] = {
        "attributes": message.attributes,
        "data": base64.b64encode(data).decode("ascii"),
        "messageId": str(message.id),
        "message_id": str(message.id),
        "publishTime": published,
        "publish_time": published,
    }
    if message.ordering_key:
        body["orderingKey"] = message.ordering_key
    push: dict[str, Any] = {"message": body, "subscription": queue.name}
    if queue.config.dead_letter_policy.dead_letter_topic:
        push["deliveryAttempt"] = lease.delivery.attempts
    return msgspec.json.encode(push)


def _metadata(queue: Queue, lease: Lease) -> dict[str, str]:
    """The headers of an unwrapped message: Pub/Sub's own, and the attributes by their names."""
    message = lease.delivery.message
    headers = {name.lower(): value for name, value in message.attributes.items() if _is_header(name, value)}
    headers["x-goog-pubsub-subscription-name"] = queue.name
    headers["x-goog-pubsub-message-id"] = str(message.id)
    headers["x-goog-pubsub-publish-time"] = _rfc3339(message.published_ns)
    if message.ordering_key:
        headers["x-goog-pubsub-ordering-key"] = message.ordering_key
    return headers


def _is_header(name: str, value: str) -> bool:
    """Whether an attribute can be sent as a header; one that would change the request itself can't."""
    token = name.isascii() and all(mark.isalnum() or mark in "-_.!#$%&'*+^`|~" for mark in name)
    reserved = name.lower() in ("host", "content-length", "connection", "transfer-encoding", "authorization")
    return token and not reserved and value.isprintable()


def _rfc3339(unix_ns: int) -> str:
    moment = datetime.datetime.fromtimestamp(unix_ns // 1_000_000_000, datetime.UTC)
    return moment.strftime("%Y-%m-%dT%H:%M:%S") + f".{unix_ns % 1_000_000_000 // 1_000_000:03d}Z"
